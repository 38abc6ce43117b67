/**
 * Marks move to a new version of their paper (P3, P8): to where their text stands now, else to the page of the same number, with a
 * sign that says so.
 *
 * Rules: the page of the same number is looked at first, then its neighbours; of several places the nearest to the old one counts.
 * Case and what separates words do not matter. A mark without text, or whose text is gone, keeps its place and gets `since`.
 *
 *     const content = await carried(mark.content, { version: 2, pages: 12 }, (page) => source.text(paper, page, signal));
 */
import type { PageText } from '../reader/source.ts';
import { type Content, moved, type Rect } from './model.ts';
import { anchor, box, rectsOf, type Run } from './words.ts';

/** So many pages either way a text may have moved. */
const NEAR = 4;

export async function carried(
  content: Content,
  to: { version: number; pages: number },
  textOf: (page: number) => Promise<PageText>,
): Promise<Content> {
  const wanted = content.anchor;
  const there = Math.min(content.page, to.pages);
  if (wanted) {
    for (const page of around(there, to.pages)) {
      const text = await textOf(page);
      const run = find(text, wanted.text, page === there ? wanted.box : null);
      if (run) return placed(content, to.version, page, text, run);
    }
  }
  return { ...content, version: to.version, page: there, since: content.since ?? content.version };
}

/** Where the words of `wanted` stand on a page; of several places the one nearest to `near`. */
export function find(page: PageText, wanted: string, near: Rect | null): Run | null {
  const words = page.words.map(([, , , , word]) => plain(word));
  const sought = wanted.split(' ').map(plain).filter(Boolean);
  let best: Run | null = null;
  let least = Infinity;
  for (let at = 0; at + sought.length <= words.length; at += 1) {
    if (sought.length === 0 || !sought.every((word, n) => words[at + n] === word)) continue;
    const [x0, y0] = box(page, at);
    const far = near ? Math.abs(x0 - near[0]) + Math.abs(y0 - near[1]) : 0;
    if (far < least) [best, least] = [[at, at + sought.length - 1], far];
  }
  return best;
}

function placed(content: Content, version: number, page: number, text: PageText, run: Run): Content {
  const old = content.anchor!;
  const fresh = anchor(text, run) ?? old;
  const { since: _since, ...rest } = content;
  const here = { ...rest, version, page, anchor: fresh } as Content;
  // Of a longer highlight than its anchor the lines keep their distances; a short one takes the lines as they break now.
  if (here.kind === 'highlight' && covers(old.box, here.rects)) return { ...here, rects: rectsOf(text, run) };
  return moved(here, fresh.box[0] - old.box[0], fresh.box[1] - old.box[1]);
}

function covers(whole: Rect, rects: readonly Rect[]): boolean {
  const near = 60;
  return rects.every((r) => r[0] >= whole[0] - near && r[1] >= whole[1] - near && r[2] <= whole[2] + near && r[3] <= whole[3] + near);
}

function* around(page: number, pages: number): Generator<number> {
  yield page;
  for (let step = 1; step <= NEAR; step += 1) {
    if (page + step <= pages) yield page + step;
    if (page - step >= 1) yield page - step;
  }
}

function plain(word: string): string {
  return word.normalize('NFC').toLowerCase().replace(/[\s.,;:–-]+$/u, '');
}
