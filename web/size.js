/*
 * What each screen makes a browser fetch, against its budget (60 KB gzip of script, 70 KB of fonts): `npm run size`, after a build.
 *
 * A screen's script is its entry, all it imports at once, and what it loads in its first moments: the catalogues of the language with
 * the longer words, and Socket.IO where it is used. What is loaded when a person asks for it (the errors' texts, a console's other
 * pages) is listed beside, each alone within what is left.
 */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const SCRIPT = 60_000;
const FONTS = 70_000;
const dist = new URL('./dist/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('manifest.json', dist), 'utf8'));

/** @param {string} file */
const zipped = (file) => gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length;

/** Files of a chunk and of all it imports at once. @param {string} key @param {Set<string>} seen @returns {Set<string>} */
function files(key, seen = new Set()) {
  const chunk = manifest[key];
  if (seen.has(chunk.file)) return seen;
  seen.add(chunk.file);
  for (const next of chunk.imports ?? []) files(next, seen);
  return seen;
}
/** @param {Iterable<string>} list */
const sum = (list) => [...list].reduce((total, file) => total + zipped(file), 0);

let failed = false;
for (const screen of ['seat', 'console', 'display']) {
  const entry = manifest[`${screen}.html`];
  if (!entry) continue;
  const at = files(`${screen}.html`);
  /** Chunks loaded later, from anywhere in what is loaded at once. */
  const later = new Set(
    [...Object.values(manifest)].filter((chunk) => at.has(chunk.file)).flatMap((chunk) => chunk.dynamicImports ?? []),
  );
  const soon = [...later].filter((key) => key.includes(`locales/vi/common.json`) || key.includes(`locales/vi/${screen}.json`));
  if (screen !== 'seat') soon.push(...[...later].filter((key) => key.includes('socket.io')));
  for (const key of soon) files(key, at);
  const script = sum([...at].filter((file) => file.endsWith('.js')));
  const pages = [...later]
    .filter((key) => !soon.includes(key) && !key.includes('locales/'))
    .map((key) => ({ key, bytes: sum([...files(key)].filter((file) => file.endsWith('.js') && !at.has(file))) }));
  const largest = pages.reduce((most, page) => (page.bytes > most.bytes ? page : most), { key: '', bytes: 0 });
  const total = script + largest.bytes;
  failed ||= total > SCRIPT;
  const beside = largest.key ? `, with ${largest.key.split('/').pop()} ${(total / 1000).toFixed(1)} KB` : '';
  console.log(`${total > SCRIPT ? '✗' : '✓'} ${screen}: ${(script / 1000).toFixed(1)} KB of script${beside} (budget ${SCRIPT / 1000})`);
}
const fonts = new Set(Object.values(manifest).flatMap((chunk) => chunk.assets ?? []).filter((file) => file.endsWith('.woff2')));
const weight = [...fonts].reduce((total, file) => total + readFileSync(new URL(file, dist)).length, 0);
failed ||= weight > FONTS || weight === 0;
console.log(`${weight > FONTS ? '✗' : '✓'} fonts: ${(weight / 1000).toFixed(1)} KB (budget ${FONTS / 1000})`);
process.exit(failed ? 1 : 0);
