/**
 * The line to the server: one socket at a time, opened again whenever it is lost.
 *
 * A connection counts as live when the first message has come, not when it opens: some proxies
 * open and then drop every frame. It counts as lost after 45 seconds of silence, since the server
 * says something every 20.
 */

import { signal } from '@preact/signals';
import { Backoff } from '../lib/backoff';
import type { ServerClock } from '../lib/clock';
import { type ClientFrame, CLOSE, LIMITS, type ServerFrame } from '../wire.gen';
import type { Line, Trouble } from './types';
import type { Dialled, World } from './world';

/** How long a connection may take until its first message. */
const PATIENCE_MS = 10_000;
/** After so long without a live line, people are told. */
const TROUBLE_MS = 5_000;
/** How long an answer may take when we ask whether anybody is still there. */
const PROBE_MS = 5_000;
/** An attempt that is younger than this is not given up for a better moment: that moment is now. */
const YOUNG_MS = 1_000;

/** Why the server closed for good: the reasons of the close codes. */
export type CloseReason = (typeof CLOSE)[keyof typeof CLOSE]['reason'];

/** What the socket asks of the session and tells it. */
export interface SocketEvents {
  /**
   * The frame that opens a connection: a return; or a knock, which is made once the server has said
   * what it must be signed over.
   */
  first(): Promise<ClientFrame | ((challenge: string) => Promise<ClientFrame>)>;
  /** A frame came. Pongs, beats and restarts stay here. */
  frame(frame: ServerFrame): void;
  /** Which build of the page the server serves, and for how many days it keeps sets; said on every connection. */
  build(build: string, days: number): void;
  /** The line was lost; it will be opened again. */
  lost(): void;
  /** The server closed, and coming back by itself would be of no use. */
  ended(reason: CloseReason): void;
}

export class Socket {
  readonly line = signal<Line>('connecting');
  /** What is wrong, while the line is in trouble. */
  readonly trouble = signal<Trouble | undefined>(undefined);
  readonly #world: World;
  readonly #clock: ServerClock;
  readonly #events: SocketEvents;
  readonly #backoff: Backoff;
  readonly #timers = new Map<string, () => void>();
  #wire: Dialled | undefined;
  /** Tells events of this connection from those of earlier ones; 0 when stopped. */
  #turn = 0;
  #turns = 0;
  /** When the present attempt began, whether it has dialled and opened, and what the last one failed of. */
  #began = 0;
  #prepared = false;
  #opened = false;
  #failed: Trouble['is'] = 'silent';
  /** When the last message came, and how many came so far. */
  #heard = 0;
  #messages = 0;
  /** The server's own wish, when it restarts: not to be asked before. */
  #notBefore = 0;
  #pings = new Map<number, number>();
  #pinged = 0;
  #unwake: (() => void) | undefined;

  constructor(world: World, clock: ServerClock, events: SocketEvents) {
    this.#world = world;
    this.#clock = clock;
    this.#events = events;
    this.#backoff = new Backoff(world.chance);
  }

  get live(): boolean {
    return this.line.value === 'live';
  }

  /** Opens the line, and keeps it open until `stop`. */
  start(): void {
    this.#unwake ??= this.#world.onWake(() => this.#wake());
    this.line.value = 'connecting';
    this.#failed = 'silent';
    this.#worry();
    this.#connect();
  }

  /** Closes the line for good. `start` may open it again. */
  stop(): void {
    this.#hangUp();
    this.#turn = 0;
    this.#unwake?.();
    this.#unwake = undefined;
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    this.trouble.value = undefined;
  }

  /** Gives this connection up and opens another one at once. */
  reconnect(): void {
    if (this.#turn === 0) return;
    this.#hangUp();
    this.#fellSilent();
    this.#connect();
  }

  /** Somebody does not want to wait: tries at once, and soon again if that fails. */
  tryNow(): void {
    if (this.#turn === 0) return;
    this.#backoff.reset();
    if (this.line.value === 'trouble') {
      this.trouble.value = { is: 'trying' };
      this.#worry();
    }
    this.reconnect();
  }

  /** Sends a frame if the line is live. */
  send(frame: ClientFrame): void {
    if (this.live) this.#wire?.send(JSON.stringify(frame));
  }

  #timer(name: string, ms: number, run: () => void): void {
    this.#clear(name);
    const cancel = this.#world.after(ms, () => {
      this.#timers.delete(name);
      run();
    });
    this.#timers.set(name, cancel);
  }

  #clear(name: string): void {
    this.#timers.get(name)?.();
    this.#timers.delete(name);
  }

  #hangUp(): void {
    this.#wire?.drop();
    this.#wire = undefined;
    for (const name of ['retry', 'patience', 'silence', 'ping']) this.#clear(name);
  }

  #worry(): void {
    this.#timer('trouble', TROUBLE_MS, () => {
      this.line.value = 'trouble';
      this.#diagnose();
    });
  }

  /** Browsers do not say why a socket failed. Whether the page itself can be reached tells most of it. */
  #diagnose(): void {
    if (this.trouble.value === undefined || this.trouble.value.is === 'trying') this.trouble.value = { is: 'unknown' };
    const found = (status: number): void => {
      // Whoever pressed meanwhile is told of the attempt that they asked for.
      if (this.line.value !== 'trouble' || this.trouble.value?.is === 'trying') return;
      if (status === 0) this.trouble.value = { is: 'offline' };
      else if (status >= 400) this.trouble.value = { is: 'answers', status };
      else if (status >= 300) this.trouble.value = { is: 'refused' };
      else this.trouble.value = { is: this.#prepared ? this.#failed : 'part' };
    };
    this.#world.reach().then(found, () => found(0));
  }

  /** The line was live, or not yet: from now on it is neither. */
  #fellSilent(): void {
    const was = this.line.value;
    if (was === 'live') this.#worry();
    if (was !== 'trouble') this.line.value = 'waiting';
    this.#events.lost();
  }

  #connect(): void {
    this.#turns += 1;
    const turn = this.#turns;
    this.#turn = turn;
    this.#began = this.#world.time.monotonic();
    this.#prepared = false;
    this.#opened = false;
    const current = (): boolean => this.#turn === turn;
    if (this.line.value === 'waiting') this.line.value = 'connecting';
    /** What was needed for it did not arrive, as when the network went just now. */
    const failed = (): void => {
      if (current()) this.#retry('part');
    };
    this.#dial(current, failed).catch(failed);
  }

  async #dial(current: () => boolean, failed: () => void): Promise<void> {
    const first = await this.#events.first();
    if (!current()) return;
    this.#prepared = true;
    this.#timer('patience', PATIENCE_MS, () => this.#retry('silent'));
    // Firefox has WebSockets wait, up to a minute, for those that failed before them. So where nothing gets
    // through, or a gateway finds nobody behind it, none is tried.
    if (this.line.value === 'trouble') {
      const status = await this.#world.reach();
      if (!current()) return;
      if (status === 0 || (status >= 502 && status <= 504)) {
        this.#retry('silent');
        return;
      }
    }
    const say = (frame: ClientFrame): void => {
      if (current()) wire.send(JSON.stringify(frame));
    };
    const wire = this.#world.dial({
      opened: () => {
        if (current()) this.#opened = true;
        if (typeof first !== 'function') say(first);
      },
      message: (text) => {
        const challenge = current() ? this.#message(text) : undefined;
        if (challenge !== undefined && typeof first === 'function') first(challenge).then(say, failed);
      },
      closed: (code) => {
        if (current()) this.#closed(code);
      },
    });
    this.#wire = wire;
  }

  /** Takes a frame in. Gives the challenge when it is the server's first. */
  #message(text: string): string | undefined {
    let frame: ServerFrame;
    try {
      frame = JSON.parse(text) as ServerFrame;
    } catch {
      // Not from our server. Whoever sits in between may be gone the next time.
      this.#retry('refused');
      return undefined;
    }
    // Said before anything of ours was heard: it does not show yet that the line carries both ways.
    if (frame.t === 'hello') {
      this.#events.build(frame.build, frame.retention_days);
      return frame.challenge;
    }
    this.#heard = this.#world.time.monotonic();
    this.#messages += 1;
    if (frame.t === 'restart') {
      this.#notBefore = this.#heard + frame.after_ms;
      return undefined;
    }
    // Turned away for now is no line that is live: the close that follows counts as one more failure.
    const away = frame.t === 'refused' && frame.cid === undefined && frame.temporary === true;
    if (away) this.#failed = 'full';
    if (!this.live && !away) this.#proved();
    if (frame.t === 'pong') this.#pong(frame.sent, frame.at);
    else if (frame.t !== 'beat') this.#events.frame(frame);
    return undefined;
  }

  #proved(): void {
    for (const name of ['patience', 'trouble']) this.#clear(name);
    this.trouble.value = undefined;
    this.#backoff.reset();
    this.#clock.reset();
    this.#pings.clear();
    this.line.value = 'live';
    this.#watch(LIMITS.silence_ms);
    this.#ping();
  }

  /** After so many milliseconds, sees whether the line has been silent for too long. */
  #watch(ms: number): void {
    this.#timer('silence', ms, () => {
      const left = LIMITS.silence_ms - (this.#world.time.monotonic() - this.#heard);
      if (left <= 0) this.#retry('silent');
      else this.#watch(left);
    });
  }

  #ping(): void {
    this.#pinged += 1;
    this.#pings.set(this.#pinged, this.#clock.ping());
    // The stamp on the wire is a whole number; the exact moment stays here.
    this.send({ t: 'ping', sent: this.#pinged });
    this.#timer('ping', this.#clock.pingDelay(), () => this.#ping());
  }

  #pong(stamp: number, at: number): void {
    const sent = this.#pings.get(stamp);
    this.#pings.delete(stamp);
    if (sent !== undefined) this.#clock.pong(sent, at);
  }

  #closed(code: number): void {
    const known = Object.hasOwn(CLOSE, code) ? CLOSE[code as keyof typeof CLOSE] : undefined;
    if (known === undefined || known.come_back) {
      const away = this.#failed === 'full' && this.#heard >= this.#began;
      // Whoever turns it away does so soon; what is cut after a long wait had no answer.
      const waited = this.#world.time.monotonic() - this.#began >= TROUBLE_MS;
      this.#retry(away ? 'full' : this.#opened || waited ? 'silent' : 'refused');
      return;
    }
    this.stop();
    this.line.value = 'waiting';
    this.#events.lost();
    this.#events.ended(known.reason);
  }

  /** Another attempt after a while; `why` this one failed. */
  #retry(why: Trouble['is']): void {
    this.#failed = why;
    this.#hangUp();
    this.#turn = -1;
    this.#fellSilent();
    // `lost` may have ended it all.
    if (this.#turn !== -1) return;
    if (this.line.value === 'trouble') this.#diagnose();
    const hint = Math.max(0, this.#notBefore - this.#world.time.monotonic());
    this.#timer('retry', this.#backoff.next(hint), () => this.#connect());
  }

  /** The page is seen again, or the network is back. */
  #wake(): void {
    const now = this.#world.time.monotonic();
    if (this.#timers.has('retry')) {
      const wait = this.#notBefore - now;
      if (wait > 0) this.#timer('retry', wait, () => this.#connect());
      else {
        this.#clear('retry');
        this.#connect();
      }
      return;
    }
    if (!this.live) {
      // An attempt that set out before the network was there may hang for as long as it is let.
      if (now - this.#began >= YOUNG_MS) this.reconnect();
      return;
    }
    const silent = now - this.#heard;
    if (silent >= LIMITS.silence_ms) {
      this.reconnect();
      return;
    }
    // Timers stood still while the page slept: ask, rather than wait for the rest of the 45 s.
    this.#ping();
    const before = this.#messages;
    this.#timer('silence', PROBE_MS, () => {
      if (this.#messages === before) this.reconnect();
      else this.#watch(LIMITS.silence_ms);
    });
  }
}
