/**
 * "Will it work here?": tries out what a set needs and says the outcome in
 * words. The locking check runs the published ALS1 vectors through the very
 * code of this build.
 */

import './styles/index.css';
import vectorsUrl from '../../protocol/tests/data/als1.json?url';
import holdersUrl from '../../protocol/tests/data/als1_holders.json?url';
import seedsUrl from '../../protocol/tests/data/als1_seeds.json?url';
import type { Seeds, Vectors } from './seal/vectors';
import type { Holders } from './seal/vectors-holders';
import { SUBPROTOCOL } from './wire.gen';

interface Outcome {
  /** `part` works with a limit that the sentence names. */
  readonly verdict: 'good' | 'part' | 'bad';
  readonly sentence: string;
}

const MARKS = { good: 'Good', part: 'In part', bad: 'Not here' } as const;
const SOCKET_PATIENCE_MS = 5_000;

function addLine(list: string, check: string, verdict: string, text: string): void {
  const item = document.createElement('li');
  item.dataset['check'] = check;
  item.dataset['verdict'] = verdict;
  item.textContent = text;
  document.getElementById(list)?.append(item);
}

function secure(): Outcome {
  const good = window.isSecureContext && crypto.subtle !== undefined;
  return {
    verdict: good ? 'good' : 'bad',
    sentence: good
      ? 'This is a secure page, so the browser can lock what you type.'
      : 'This page is not secure (https), so the browser will not lock what you type.',
  };
}

async function locking(): Promise<Outcome> {
  const read = async (url: string): Promise<unknown> => (await fetch(url)).json();
  const [{ runHolders, runVectors }, vectors, seeds, holders] = await Promise.all([
    import('./seal/vectors-holders'),
    read(vectorsUrl),
    read(seedsUrl),
    read(holdersUrl),
  ]);
  const results = [
    ...(await runVectors(vectors as Vectors, seeds as Seeds)),
    ...(await runHolders(holders as Holders)),
  ];
  for (const { name, want, got, ok } of results) {
    addLine('vectors', name, ok ? 'good' : 'bad', `${name}: ${ok ? 'right' : `${got}, not ${want}`}`);
  }
  const wrong = results.filter((result) => !result.ok).length;
  return {
    verdict: wrong === 0 ? 'good' : 'bad',
    sentence:
      wrong === 0
        ? `Locking and opening come out right in all ${results.length} published checks.`
        : `${wrong} of ${results.length} published locking checks come out wrong. Do not use this browser.`,
  };
}

async function storage(): Promise<Outcome> {
  const { openStorage } = await import('./seal/storage');
  const keep = await openStorage('setroom-selftest');
  const kept = keep.durable;
  await keep.destroy();
  return {
    verdict: kept ? 'good' : 'part',
    sentence: kept
      ? 'The browser can remember your place, so a reload takes you straight back.'
      : 'The browser does not let this page remember anything. After a reload your facilitator has to let you in again.',
  };
}

function socket(): Promise<Outcome> {
  const good: Outcome = {
    verdict: 'good',
    sentence: 'A live connection to this service opens.',
  };
  const bad: Outcome = {
    verdict: 'bad',
    sentence:
      'A live connection (WebSocket) to this service does not open, and Setroom cannot do without one. Something on this network is in the way: try another network, or ask whoever looks after this one.',
  };
  return new Promise((resolve) => {
    const address = new URL('/ws', window.location.href);
    address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
    let live: WebSocket;
    const settle = (outcome: Outcome): void => {
      clearTimeout(patience);
      live?.close();
      resolve(outcome);
    };
    const patience = setTimeout(() => settle(bad), SOCKET_PATIENCE_MS);
    try {
      live = new WebSocket(address, SUBPROTOCOL);
    } catch {
      settle(bad);
      return;
    }
    live.addEventListener('open', () => settle(good));
    live.addEventListener('error', () => settle(bad));
  });
}

/** Tries one thing out; `check` is its machine-readable name, the list item's `data-check`. */
async function run(check: string, trial: () => Outcome | Promise<Outcome>): Promise<Outcome> {
  let outcome: Outcome;
  try {
    outcome = await trial();
  } catch (error) {
    const name = error instanceof Error ? error.name : 'fault';
    outcome = { verdict: 'bad', sentence: `This check did not finish (${name}).` };
  }
  addLine('results', check, outcome.verdict, `${MARKS[outcome.verdict]}: ${outcome.sentence}`);
  return outcome;
}

const outcomes = [
  await run('secure', secure),
  await run('locking', locking),
  await run('storage', storage),
  await run('socket', socket),
];
const verdict = document.getElementById('verdict');
if (verdict !== null) {
  const bad = outcomes.some((outcome) => outcome.verdict === 'bad');
  const part = outcomes.some((outcome) => outcome.verdict === 'part');
  verdict.dataset['done'] = bad ? 'bad' : part ? 'part' : 'good';
  verdict.textContent = bad
    ? 'Setroom will not work here. The list says why.'
    : part
      ? 'Setroom will work here, with a limit that the list names.'
      : 'Setroom will work here.';
}
