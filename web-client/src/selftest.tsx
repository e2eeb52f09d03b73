/**
 * "Will it work here?": tries out what a set needs and says the outcome in
 * words. The locking check runs the published ALS1 vectors through the very
 * code of this build.
 */

import './styles/index.css';
import { effect, signal } from '@preact/signals';
import { type JSX, render } from 'preact';
import vectorsUrl from '../../protocol/tests/data/als1.json?url';
import holdersUrl from '../../protocol/tests/data/als1_holders.json?url';
import offRecordUrl from '../../protocol/tests/data/als1_off_record.json?url';
import seedsUrl from '../../protocol/tests/data/als1_seeds.json?url';
import { startLanguage, t } from './i18n';
import { Title } from './screens/components';
import { Frame } from './screens/frame';
import { plain, word } from './screens/messages';
import { startTheme } from './screens/theme';
import type { Seeds, Vectors } from './seal/vectors';
import type { Holders } from './seal/vectors-holders';
import type { OffRecordVectors } from './seal/vectors-off-record';
import { SUBPROTOCOL } from './wire.gen';

/** `part` works with a limit that the sentence names. */
type Verdict = 'good' | 'part' | 'bad';

interface Outcome {
  readonly verdict: Verdict;
  /** The message that says it, and what stands in it. */
  readonly says: string;
  readonly args?: Readonly<Record<string, string | number>>;
}

interface Step {
  readonly name: string;
  readonly want: string;
  readonly got: string;
  readonly ok: boolean;
}

/** How long a part of the page, or the live connection, may take. */
const PATIENCE_MS = 10_000;

const checks = signal<readonly (Outcome & { readonly check: string })[]>([]);
const steps = signal<readonly Step[]>([]);
const verdict = signal<Verdict | undefined>(undefined);

function secure(): Outcome {
  const good = window.isSecureContext && crypto.subtle !== undefined;
  return { verdict: good ? 'good' : 'bad', says: `selftest-secure-${good ? 'good' : 'bad'}` };
}

async function locking(): Promise<Outcome> {
  const read = async (url: string): Promise<unknown> =>
    (await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) })).json();
  const [{ runHolders, runOffRecord, runVectors }, vectors, seeds, holders, offRecord] = await Promise.all([
    import('./seal/vectors-holders'),
    read(vectorsUrl),
    read(seedsUrl),
    read(holdersUrl),
    read(offRecordUrl),
  ]);
  const results = [
    ...(await runVectors(vectors as Vectors, seeds as Seeds)),
    ...(await runHolders(holders as Holders)),
    ...(await runOffRecord(offRecord as OffRecordVectors)),
  ];
  steps.value = results;
  const wrong = results.filter((result) => !result.ok).length;
  return wrong === 0
    ? { verdict: 'good', says: 'selftest-locking-good', args: { count: results.length } }
    : { verdict: 'bad', says: 'selftest-locking-bad', args: { wrong, count: results.length } };
}

async function storage(): Promise<Outcome> {
  const { openStorage } = await import('./seal/storage');
  const keep = await openStorage('setroom-selftest');
  const kept = keep.durable;
  await keep.destroy();
  return kept
    ? { verdict: 'good', says: 'selftest-storage-good' }
    : { verdict: 'part', says: 'selftest-storage-part' };
}

/** An open connection shows nothing yet: some proxies open it and let nothing through. */
function socket(): Promise<Outcome> {
  return new Promise((resolve) => {
    const address = new URL('/ws', window.location.href);
    address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
    const live = new WebSocket(address, SUBPROTOCOL);
    let opened = false;
    const settle = (how: 'good' | 'refused' | 'silent'): void => {
      clearTimeout(patience);
      live.close();
      resolve({ verdict: how === 'good' ? 'good' : 'bad', says: `selftest-socket-${how}` });
    };
    const patience = setTimeout(() => settle('silent'), PATIENCE_MS);
    live.addEventListener('open', () => {
      opened = true;
    });
    live.addEventListener('message', () => settle('good'));
    live.addEventListener('close', () => settle(opened ? 'silent' : 'refused'));
  });
}

/** Tries one thing out; `check` is its machine-readable name, the list item's `data-check`. */
async function run(check: string, trial: () => Outcome | Promise<Outcome>): Promise<void> {
  let outcome: Outcome;
  try {
    outcome = await trial();
  } catch (error) {
    const name = error instanceof Error ? error.name : 'fault';
    outcome = { verdict: 'bad', says: 'selftest-unfinished', args: { name } };
  }
  checks.value = [...checks.value, { ...outcome, check }];
}

function Check(): JSX.Element {
  const done = verdict.value;
  return (
    <Frame>
      <Title>{t('selftest-title')}</Title>
      <p>{t('selftest-about')}</p>
      <p>
        <output id="verdict" data-done={done}>
          {done === undefined ? t('selftest-checking') : word(`selftest-done-${done}`)}
        </output>
      </p>
      <ul id="results" class="checks" aria-label={t('selftest-results')}>
        {checks.value.map(({ check, verdict: is, says, args }) => (
          <li key={check} data-check={check} data-verdict={is}>
            {plain('selftest-line', { mark: word(`selftest-mark-${is}`), text: word(says, args) })}
          </li>
        ))}
      </ul>
      <details>
        <summary>{t('selftest-steps')}</summary>
        <ul id="vectors">
          {steps.value.map(({ name, want, got, ok }) => (
            <li key={name} data-check={name} data-verdict={ok ? 'good' : 'bad'}>
              {ok ? plain('selftest-step-good', { name }) : plain('selftest-step-bad', { name, want, got })}
            </li>
          ))}
        </ul>
      </details>
      <p><a href="/">{t('selftest-home')}</a></p>
    </Frame>
  );
}

/** Draws the page in `root`, then tries out one thing after another. Rejects when part of the page does not arrive. */
async function begin(root: Element): Promise<void> {
  startTheme();
  await startLanguage();
  effect(() => {
    document.title = `${t('selftest-title')} – ${t('product-name')}`;
  });
  render(<Check />, root);
  await run('secure', secure);
  await run('locking', locking);
  await run('storage', storage);
  await run('socket', socket);
  const all = new Set(checks.value.map((check) => check.verdict));
  verdict.value = all.has('bad') ? 'bad' : all.has('part') ? 'part' : 'good';
}

const root = document.getElementById('app');
if (root !== null) {
  begin(root).catch(() => {
    // The only sentence that cannot come from the words file: that file is what is missing.
    root.textContent = 'Part of this page did not arrive. Check your connection, then reload the page.';
  });
}
