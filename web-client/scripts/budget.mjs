/**
 * Measures what a browser has to fetch and fails above the budget.
 *
 *     node scripts/budget.mjs [dist directory]
 *
 * "Room path" is what somebody waits for who opens a link: the entry of
 * index.html and any room screen that it fetches on demand, with all that they
 * import statically. All sizes are gzip, in kB of 1000 B.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

// Why these and not less: docs/decisions/0018-what-the-client-weighs.md
const BUDGET = { roomJs: 48_000, roomCss: 6_000, allJs: 116_600 };

const dist = process.argv[2] ?? 'dist';
const manifest = JSON.parse(readFileSync(join(dist, 'manifest.json'), 'utf8'));
const size = (file) => gzipSync(readFileSync(join(dist, file)), { level: 9 }).length;

const js = new Set();
function walk(key) {
  const chunk = manifest[key];
  if (chunk === undefined) throw new Error(`the manifest has no ${key}`);
  if (js.has(chunk.file)) return;
  js.add(chunk.file);
  for (const next of chunk.imports ?? []) walk(next);
}
walk('index.html');
for (const key of Object.keys(manifest)) if (key.startsWith('src/screens/room')) walk(key);

const page = readFileSync(join(dist, 'index.html'), 'utf8');
const css = [...page.matchAll(/<link rel="stylesheet"[^>]*href="\/([^"]+)"/g)].map(([, file]) => file);
if (css.length === 0) throw new Error('index.html has no style sheet: nothing was measured');

const allJs = readdirSync(join(dist, 'assets'))
  .filter((name) => name.endsWith('.js'))
  .map((name) => `assets/${name}`);

const sum = (files) => [...files].reduce((total, file) => total + size(file), 0);
const kB = (bytes) => `${(bytes / 1000).toFixed(1).padStart(6)} kB`;

for (const file of allJs.toSorted((a, b) => size(b) - size(a))) {
  console.log(`${kB(size(file))}  ${js.has(file) ? 'room ' : 'later'}  ${file}`);
}
console.log('');

let over = false;
for (const [name, used, limit] of [
  ['room path, script', sum(js), BUDGET.roomJs],
  ['room path, styles', sum(css), BUDGET.roomCss],
  ['whole client, script', sum(allJs), BUDGET.allJs],
]) {
  const fits = used <= limit;
  over ||= !fits;
  console.log(`${kB(used)} of ${kB(limit)}  ${name}${fits ? '' : '  OVER BUDGET'}`);
}
process.exitCode = over ? 1 : 0;
