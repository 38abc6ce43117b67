import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { Marked, type Tokens } from 'marked';
import type { Plugin } from 'vite';

const PREFIX = 'guide:';
const ENGLISH = 'en/';
const RESOLVED = '\0guide:';
/* Stands in the text where a picture's address comes when the page is built. */
const PICTURE = '\0picture:';

/** A guide as the pages show it: HTML of the house's own Markdown, made when the pages are built. */
export interface Compiled {
  title: string;
  parts: { id: string; title: string }[];
  html: string;
  /** Paths of the pictures, in the order of their marks in the text. */
  pictures: string[];
}

/** An id for a heading: `Sắp hết hạn` → `sap-het-han`. */
function slug(title: string): string {
  const plain = title.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('đ', 'd').replaceAll('Đ', 'D');
  return plain.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');
}

/**
 * Markdown to HTML; `folder` is where its pictures' addresses begin. Throws for a heading that has no words.
 *
 * Its title is taken out, second headings become parts, a table may be wider than the page and scrolls by itself. Links to other
 * guides lead to their pages; links to papers that the product does not show are left as words.
 */
export function compile(markdown: string, folder: string): Compiled {
  const parts: Compiled['parts'] = [];
  const pictures: string[] = [];
  let title = '';
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth, text }: Tokens.Heading): string {
        if (depth === 1) {
          title = text;
          return '';
        }
        const id = slug(text);
        if (id === '') throw new Error(`a heading without words: ${text}`);
        if (depth === 2) parts.push({ id, title: text });
        return `<h${depth} id="${id}" tabindex="-1">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      image({ href, text }: Tokens.Image): string {
        pictures.push(resolve(folder, href));
        return `<img src="${PICTURE}${pictures.length - 1}\0" alt="${text}" loading="lazy">`;
      },
      link({ href, tokens }: Tokens.Link): string {
        const words = this.parser.parseInline(tokens);
        const guide = /^([a-z-]+)\.md$/.exec(href)?.[1];
        return guide === undefined ? words : `<a href="#/help/${guide}" data-guide="${guide}">${words}</a>`;
      },
      table(token: Tokens.Table): string {
        const head = token.header.map((cell) => `<th scope="col">${this.parser.parseInline(cell.tokens)}</th>`).join('');
        const rows = token.rows.map((row) => `<tr>${row.map((cell) => `<td>${this.parser.parseInline(cell.tokens)}</td>`).join('')}</tr>`);
        return `<div class="wide" tabindex="0" role="group"><table><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></div>\n`;
      },
    },
  });
  const html = marked.parse(markdown, { async: false });
  return { title, parts, html, pictures };
}

/**
 * `import guide from 'guide:chu-tri'` gives a guide of `docs/huong-dan` as {@link Compiled}, its pictures among the page's files;
 * `guide:en/chair` one of `docs/guides`, which are in English.
 */
export function guides(): Plugin {
  let docs = '';
  return {
    name: 'phonghop-guides',
    enforce: 'pre',
    configResolved(config) {
      docs = resolve(config.root, '../docs');
    },
    resolveId(id) {
      return id.startsWith(PREFIX) ? RESOLVED + id.slice(PREFIX.length) : null;
    },
    async load(id) {
      if (!id.startsWith(RESOLVED)) return null;
      const name = id.slice(RESOLVED.length);
      const folder = resolve(docs, name.startsWith(ENGLISH) ? 'guides' : 'huong-dan');
      const path = resolve(folder, `${basename(name)}.md`);
      this.addWatchFile(path);
      const { title, parts, html, pictures } = compile(await readFile(path, 'utf8'), folder);
      const imports = pictures.map((picture, at) => `import picture${at} from ${JSON.stringify(`${picture}?url`)};`);
      const text = JSON.stringify(html).replace(/\\u0000picture:(\d+)\\u0000/g, (_, at: string) => `" + picture${at} + "`);
      return `${imports.join('\n')}\nexport default { title: ${JSON.stringify(title)}, parts: ${JSON.stringify(parts)}, html: ${text} };`;
    },
  };
}
