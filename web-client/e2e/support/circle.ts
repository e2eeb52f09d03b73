/** Nine people and a service: who they are, how they come in, and what they write. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { launchBrowser } from './browser';
import { Person, type Habits, type Traffic } from './person';
import { Setroom } from './setroom';
import { Street } from './street';

/** Everything that anybody types. The last word of each is of no language, and stands nowhere else. */
export const TYPED = {
  title: 'Thursday set Brimvolket',
  charter: 'We end with the quorlinspar',
  host: 'Ruth Quillandrix',
  co: 'Tomos Brevelanty',
  ana: 'Ana Zorvaquil',
  bilal: 'Bilal Mexuntari',
  chidi: 'Chidi Voxenthal',
  dilys: 'Dilys Pryxwendol',
  ewa: 'Ewa Krinzovita',
  femi: 'Femi Ulvandoxi',
  gwen: 'Gwen Jaxtoliper',
  hana: 'Hana Ostrivuxel',
  old: 'Ask about the rota of yolvexim',
  oldFirst: 'Draft one page of wexalpurn',
  learned: 'That waits help nobody, grumvolty',
  bid: 'a handover that keeps going zibwexal',
  otherBid: 'saying no to the board of plorvandim',
  headline: 'My ward hands over late every night, vexolarm',
  what: 'Stand at one handover and say kwimzardo',
  first: 'Text the sister in charge drofalquen',
  help: 'My neighbour ward flinzoquar',
  stakeholders: 'The night lead brumvetzil',
  by: '2031-07-19',
  scribe: 'What if it were only ten minutes, sploxivane',
  reflection: 'The quiet question moved me trangvexol',
  review: 'We slipped once into fixing, humbrazolt',
} as const;

export type Who = 'host' | 'co' | 'ana' | 'bilal' | 'chidi' | 'dilys' | 'ewa' | 'femi' | 'gwen';
export const MEMBERS = ['ana', 'bilal', 'chidi', 'dilys', 'ewa', 'femi'] as const;

const WIDE = [1280, 800] as const;
const PANEL = [380, 800] as const;
const PHONE = [390, 844] as const;

const HABITS: Readonly<Record<Who | 'hana', Omit<Habits, 'name' | 'origin' | 'traffic'>>> = {
  host: { size: WIDE },
  co: { size: WIDE },
  ana: { size: PANEL },
  bilal: { size: WIDE },
  chidi: { size: PHONE, dark: true },
  dilys: { size: PANEL, language: 'cy' },
  ewa: { size: PHONE },
  femi: { size: PANEL },
  gwen: { size: WIDE },
  hana: { size: PHONE },
};

export interface Links {
  readonly host: string;
  readonly co: string;
  readonly member: string;
  readonly observer: string;
}

/** The sealed texts in these frames that somebody sent, as they stand there: all, or those of a kind. */
export function sentBoxes(said: Traffic['said'], kind?: string): string[] {
  return said.flatMap((frame) => {
    if (typeof frame !== 'string' || !frame.startsWith('{"t":"do"')) return [];
    const { cmd } = JSON.parse(frame) as { cmd: { c: string; kind?: string; box?: string } };
    return cmd.c === 'put' && (kind === undefined || cmd.kind === kind) && cmd.box !== undefined ? [cmd.box] : [];
  });
}

export class Circle {
  readonly setroom: Setroom;
  readonly browser: Browser;
  readonly traffic: Traffic = { elsewhere: [], said: [] };
  readonly people = new Map<Who | 'hana', Person>();
  /** Also those who have left. */
  readonly everybody: Person[] = [];
  /** Everybody's way to the service, and Ewa's own, which can be cut. */
  readonly street: Street;
  readonly ewasStreet: Street;

  private constructor(setroom: Setroom, browser: Browser, street: Street, ewasStreet: Street) {
    this.setroom = setroom;
    this.browser = browser;
    this.street = street;
    this.ewasStreet = ewasStreet;
    this.lead();
  }

  static async gather(): Promise<Circle> {
    const streets = [await Street.open(), await Street.open()] as const;
    const [setroom, browser] = await Promise.all([
      Setroom.start(streets.map(({ origin }) => origin)),
      launchBrowser(),
    ]);
    return new Circle(setroom, browser, ...streets);
  }

  /** The streets lead to where the service is now. */
  lead(): void {
    for (const street of [this.street, this.ewasStreet]) street.leadsTo = this.setroom.address;
  }

  async scatter(): Promise<void> {
    await this.browser.close();
    await this.setroom.stop();
    await Promise.all([this.street.close(), this.ewasStreet.close()]);
  }

  /** Somebody sits down at a fresh browser. What goes between it and the service is kept in `traffic`. */
  async arrive(who: Who | 'hana', traffic = this.traffic): Promise<Person> {
    const { origin } = who === 'ewa' ? this.ewasStreet : this.street;
    const habits = { ...HABITS[who], name: TYPED[who], origin, traffic };
    const person = await Person.arrive(this.browser, habits);
    this.people.set(who, person);
    this.everybody.push(person);
    return person;
  }

  get(who: Who | 'hana'): Person {
    const person = this.people.get(who);
    if (person === undefined) throw new Error(`${who} is not here`);
    return person;
  }

  /** How many changes "a hand went up" of this seat went out to anybody. */
  raisings(seat: string): number {
    const places = this.traffic.said.flatMap((frame) => {
      if (typeof frame !== 'string' || !frame.startsWith('{"t":"change"')) return [];
      const { seq, what, by } = JSON.parse(frame) as { seq: number; what: string; by?: string };
      return what === 'hand_raised' && by === seat ? [seq] : [];
    });
    return new Set(places).size;
  }

  /** The sealed texts of this kind that went out, as they stand in a frame. */
  boxes(kind: string): string[] {
    return sentBoxes(this.traffic.said, kind);
  }

  /** All that the service wrote, says of itself, or was told: by place. */
  async kept(): Promise<Map<string, Buffer>> {
    const places = new Map<string, Buffer>();
    const { folder } = this.setroom;
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const file = join(entry.parentPath, entry.name);
      if (entry.isFile()) places.set(file.slice(folder.length), readFileSync(file));
    }
    places.set('metrics', Buffer.from(await this.setroom.metrics()));
    places.set('frames', Buffer.concat(this.traffic.said.map((said) => Buffer.from(said))));
    return places;
  }

  /** Everybody who is here, or those of them that are named. */
  all(...whom: (Who | 'hana')[]): Person[] {
    return whom.length === 0 ? [...this.people.values()] : whom.map((who) => this.get(who));
  }
}

/** Opens a link at the address that this person has for the service. */
export async function openLink(person: Person, link: string): Promise<void> {
  await person.page.goto(person.habits.origin + link.slice(link.indexOf('/j#')));
  await person.sees('arrival-title');
}

/** Types their name and asks to join. */
export async function knock(person: Person): Promise<void> {
  await person.type('door-name', person.name);
  await person.press('door-ask');
  await person.sees('lobby-title');
}
