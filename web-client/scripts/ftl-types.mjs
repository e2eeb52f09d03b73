/**
 * Writes src/i18n/ids.gen.ts: every message id of en.ftl with the variables it
 * needs, so that the compiler finds a misspelt id or a forgotten variable.
 *
 *     node scripts/ftl-types.mjs
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse, Visitor } from '@fluent/syntax';

const root = new URL('../', import.meta.url);
export const output = new URL('src/i18n/ids.gen.ts', root);

/** The text of a language's messages. */
export function readLocale(language) {
  return readFileSync(new URL(`locales/${language}.ftl`, root), 'utf8');
}

class Variables extends Visitor {
  names = new Set();

  visitVariableReference(node) {
    this.names.add(node.id.name);
  }
}

/** A map from message id to the sorted names of its variables. Throws on any fault in the file. */
export function readMessages(text) {
  const messages = new Map();
  for (const entry of parse(text, {}).body) {
    if (entry.type === 'Junk') {
      throw new Error(`not Fluent: ${entry.content.trim().split('\n')[0]}`);
    }
    if (entry.type !== 'Message') continue;
    const id = entry.id.name;
    if (messages.has(id)) throw new Error(`${id} stands twice`);
    if (entry.value === null || entry.attributes.length > 0) {
      throw new Error(`${id}: one id is one piece of text, without attributes`);
    }
    const variables = new Variables();
    variables.visit(entry);
    messages.set(id, [...variables.names].toSorted());
  }
  return messages;
}

/** The TypeScript for `readMessages(text)`. */
export function typesFor(text) {
  const rows = [...readMessages(text)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, names]) => {
      const fields = names.map((name) => `readonly ${name}: Value`).join('; ');
      return `  '${id}': ${names.length === 0 ? 'None' : `{ ${fields} }`};\n`;
    });
  return `/** Made from locales/en.ftl by scripts/ftl-types.mjs. Do not edit. */

type Value = string | number;
type None = Readonly<Record<string, never>>;

/** Every message and the variables it needs. */
export interface Messages {
${rows.join('')}}
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(output, typesFor(readLocale('en')));
}
