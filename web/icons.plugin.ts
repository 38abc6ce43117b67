import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Plugin } from 'vite';

const PREFIX = 'icon:';
const RESOLVED = '\0icon:';

/** The shapes inside a Lucide file, without its licence comment, its attributes and its white space. */
export function shapes(svg: string): string {
  const body = /<svg[^>]*>([\s\S]*)<\/svg>/.exec(svg)?.[1];
  if (body === undefined) throw new Error('an icon file without <svg>');
  return body.trim().replace(/>\s+</g, '><').replace(/\s*\/>/g, '/>');
}

/**
 * `import wifi from 'icon:wifi'` gives the shapes of one Lucide icon as a string, for `ui/Icon.svelte`.
 *
 * Single files, because importing the library's index makes builds seven times slower.
 */
export function icons(): Plugin {
  const require = createRequire(import.meta.url);
  return {
    name: 'phonghop-icons',
    enforce: 'pre',
    resolveId(id) {
      return id.startsWith(PREFIX) ? RESOLVED + id.slice(PREFIX.length) : null;
    },
    async load(id) {
      if (!id.startsWith(RESOLVED)) return null;
      const name = id.slice(RESOLVED.length);
      const file = require.resolve(`lucide-static/icons/${name}.svg`);
      return `export default ${JSON.stringify(shapes(await readFile(file, 'utf8')))}`;
    },
  };
}
