import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/**
 * Vite wraps every `import()` in 0.9 kB of code that preloads the chunk's own
 * imports and styles. Ours have one style sheet and few imports, so a plain
 * `import()` does. Should Vite rename its helper, that code merely comes back.
 */
const plainImports: Plugin = {
  name: 'setroom:plain-imports',
  enforce: 'pre',
  load: (id) =>
    id === '\0vite/preload-helper.js' ? 'export const __vitePreload = (load) => load();' : null,
};

/** What a member's room is made of, from the library to the screens. The rest is fetched later. */
const roomParts = new RegExp(
  [
    'node_modules/(preact|@preact|@fluent)/',
    'src/i18n/',
    'src/lib/(?!qr|ics|lasting)',
    'src/app\\.',
    'src/screens/(components|messages|theme|frame|ended|door|lobby|lazy|room/)',
    'src/seal/(bytes|derive|fault|link|device|box|padding|chain|storage|tab-lock)\\.',
    'src/session/(?!belief|duties|edits|entrance|facilitat|create|holding|keychange|knocks|legacy|lines|lists|off-record|opening|own-code|own-wraps|words)',
  ].join('|'),
);

/** What believes and hands on keys, and the words that speak for them: whoever is let in needs it soon after, in one piece. */
const keyParts = new RegExp(
  [
    'src/seal/(curve|edit|epoch|grant|holder|hpke|keylist|knock|letter|lobby|mirror|own|recovery|roster|seed|sign|words|wrap)\\.',
    'src/session/(belief|entrance|holding|legacy|lists|opening|own-wraps|words)\\.',
  ].join('|'),
);

/**
 * What every room fetches soon: what seals lines and answers, and all screens that are not the room's own, but
 * for the facilitators', those of a few weeks, of a round off the record or of the beginning and end of a meeting,
 * and what a person writes for themselves. All need some of these, which are not to come with them.
 */
const laterParts = /src\/session\/lines\.|src\/screens\/(?!calendar|facilitate\/|asked\/|off-record\/|yours\/|life\/|after\/)/;

// No other plug-ins on purpose: what the browser runs is what the compiler made of our sources.
export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  assetsInclude: ['**/*.ftl'],
  plugins: [plainImports],
  build: {
    target: 'es2022',
    // Both of these would need a looser content security policy.
    modulePreload: {
      polyfill: false,
      // The page names what it needs at once; what a button fetches later may take its time.
      resolveDependencies: (_file, needed, { hostType }) => (hostType === 'js' ? [] : needed),
    },
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    assetsDir: 'assets',
    // `scripts/budget.mjs` learns from it what each page loads.
    manifest: 'manifest.json',
    rolldownOptions: {
      input: { index: here('index.html'), selftest: here('selftest.html') },
      output: {
        // What every room needs comes in one piece: it packs better, and is one request.
        codeSplitting: {
          groups: [
            { name: 'room', test: roomParts, priority: 3 },
            { name: 'keys', test: keyParts, priority: 1 },
            { name: 'vectors', test: /src\/seal\/vectors/, priority: 1 },
            { name: 'off-record', test: /src\/(screens|session|seal)\/off-record/, priority: 0 },
            { name: 'deferred', test: laterParts, priority: 2 },
            { name: 'facilitate', test: /src\/(screens\/facilitate\/|session\/(create|facilitat(?:e|or)|keychange|duties|knocks|edits)\.)/, priority: 1 },
          ],
        },
      },
    },
  },
});
