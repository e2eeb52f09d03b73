/**
 * No rejected promise is swallowed. The lint rules with types (`no-floating-promises`) find those that
 * nobody waits for; these find those whose failure somebody takes and drops.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { parseSync, Visitor, type ESTree } from 'vite';
import { expect, it } from 'vitest';

type Node = { readonly type: string; readonly start: number };

const root = new URL('../src/', import.meta.url);
const files = readdirSync(root, { recursive: true })
  .map(String)
  .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.gen.ts'));

/** Whether an expression says nothing: `undefined`, `null`, `void 0`. */
function isNothing(at: Node | null | undefined): boolean {
  if (at === null || at === undefined) return true;
  if (at.type === 'Identifier') return (at as unknown as { name: string }).name === 'undefined';
  if (at.type === 'Literal') return (at as unknown as { value: unknown }).value === null;
  return at.type === 'UnaryExpression' && (at as unknown as { operator: string }).operator === 'void';
}

/** Whether a function does nothing and gives nothing, whatever it was handed. */
function dropsAll(at: Node | undefined): boolean {
  if (at?.type !== 'ArrowFunctionExpression' && at?.type !== 'FunctionExpression') return false;
  const body = (at as unknown as { body: Node }).body;
  if (body.type !== 'BlockStatement') return isNothing(body);
  const steps = (body as unknown as { body: Node[] }).body;
  return steps.every((step) => step.type === 'ReturnStatement' && isNothing((step as unknown as { argument: Node | null }).argument));
}

/** Whether something is awaited in it, but not only within a function of its own. */
function awaits(at: unknown): boolean {
  if (typeof at !== 'object' || at === null) return false;
  if (Array.isArray(at)) return at.some(awaits);
  const { type } = at as { type?: string };
  if (type === 'AwaitExpression') return true;
  if (type?.includes('Function') === true) return false;
  return Object.values(at).some(awaits);
}

/** The places in `text` where a failure goes nowhere, as `file:line`. */
function swallows(file: string, text: string): string[] {
  const found: Node[] = [];
  const visitor = new Visitor({
    CallExpression(call: ESTree.CallExpression) {
      if (call.callee.type !== 'MemberExpression' || call.callee.property.type !== 'Identifier') return;
      const { name } = call.callee.property;
      const taker = name === 'catch' ? call.arguments[0] : name === 'then' ? call.arguments[1] : undefined;
      if (dropsAll(taker as Node | undefined)) found.push(call as Node);
    },
    TryStatement(at: ESTree.TryStatement) {
      if (at.handler !== null && at.handler.body.body.length === 0 && awaits(at.block)) found.push(at as Node);
    },
  });
  visitor.visit(parseSync(file, text).program);
  return found.map(({ start }) => `${file}:${text.slice(0, start).split('\n').length}`);
}

it.each([
  'work().catch(() => undefined);',
  'work().catch(() => {});',
  'work().catch((error) => { return; });',
  'work().then(use, () => null);',
  'async function run() { try { await work(); } catch { /* never mind */ } }',
  'async function run() { try { for (const at of all) { await at; } } catch (error) {} }',
])('finds what swallows: %s', (text) => {
  expect(swallows('a.ts', text)).toEqual(['a.ts:1']);
});

it.each([
  'work().catch(report);',
  'work().catch(() => false);',
  'work().then(use, () => use(undefined));',
  'async function run() { try { await work(); } catch { tell(); } }',
  'try { localStorage.clear(); } catch { /* nothing was kept */ }',
])('leaves alone what does not: %s', (text) => {
  expect(swallows('a.ts', text)).toEqual([]);
});

it('no source does', () => {
  expect(files.length).toBeGreaterThan(50);
  expect(files.flatMap((file) => swallows(file, readFileSync(new URL(file, root), 'utf8')))).toEqual([]);
});
