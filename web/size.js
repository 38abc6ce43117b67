/*
 * What each screen makes a browser fetch, against its budget (60 KB gzip of script, 70 KB of fonts): `npm run size`, after a build.
 *
 * A screen's script is its entry, all that imports at once, and what it loads in its first moments: its Vietnamese catalogues, and
 * Socket.IO where it is used. Parts that a console loads when a person goes there have a budget of their own, with all they import:
 * 40 KB, what a desk's machine reads within a blink. The catalogues of errors come when something has to be explained.
 */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const SCRIPT = 60_000;
const PART = 40_000;
const FONTS = 70_000;
const dist = new URL('./dist/', import.meta.url);

/** @param {string} file */
const zipped = (file) => gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length;
/** @param {Iterable<string>} files */
const scripts = (files) => [...files].filter((file) => file.endsWith('.js')).reduce((sum, file) => sum + zipped(file), 0);
/** @param {number} bytes */
const kb = (bytes) => (bytes / 1000).toFixed(1);

/** @param {string} screen */
function measure(screen) {
  const manifest = JSON.parse(readFileSync(new URL(`manifest-${screen}.json`, dist), 'utf8'));
  /** A chunk and all it imports at once. @param {string} key @param {Set<string>} seen @returns {Set<string>} */
  const files = (key, seen = new Set()) => {
    const { file, imports = [] } = manifest[key];
    if (seen.has(file)) return seen;
    seen.add(file);
    for (const next of imports) files(next, seen);
    return seen;
  };
  const base = files(`${screen}.html`);
  const parts = Object.keys(manifest).filter((key) => manifest[key].isDynamicEntry);
  const soon = parts.filter((key) => [`locales/vi/common.json`, `locales/vi/${screen}.json`].includes(key) || key.includes('socket.io'));
  for (const key of soon) files(key, base);
  const own = scripts(base);
  const rest = parts
    .filter((key) => !soon.includes(key) && !key.startsWith('locales/'))
    .map((key) => ({ name: key.split('/').pop(), bytes: scripts([...files(key)].filter((file) => !base.has(file))) }));
  const heaviest = rest.reduce((most, part) => (part.bytes > most.bytes ? part : most), { name: '', bytes: 0 });
  const fonts = new Set(Object.values(manifest).flatMap(({ assets = [] }) => assets).filter((file) => file.endsWith('.woff2')));
  const type = [...fonts].reduce((sum, file) => sum + readFileSync(new URL(file, dist)).length, 0);
  return { own, heaviest, type };
}

let good = true;
for (const screen of ['seat', 'console', 'display', 'bridge']) {
  const { own, heaviest, type } = measure(screen);
  const fits = own <= SCRIPT && heaviest.bytes <= PART && type > 0 && type <= FONTS;
  good &&= fits;
  const more = heaviest.bytes > 0 ? `, later at most ${kb(heaviest.bytes)} of ${PART / 1000} KB (${heaviest.name})` : '';
  console.log(`${fits ? '✓' : '✗'} ${screen}: script ${kb(own)} of ${SCRIPT / 1000} KB${more}, fonts ${kb(type)} of ${FONTS / 1000} KB`);
}
process.exit(good ? 0 : 1);
