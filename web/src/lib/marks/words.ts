/**
 * The words of a page under a mark: what a finger draws over becomes a highlight of lines, and a mark knows the text beside it.
 *
 * Rules: words come in reading order with their boxes in page points (`PageText`); everything given back is in places (`model.ts`).
 *
 *     const run = between(page, from, to);            // the words from one place to the other, or null beside the text
 *     rectsOf(page, run); anchorOf(page, content);
 */
import type { PageText } from '../reader/source.ts';
import { type Anchor, type At, bounds, type Content, type Rect, SIDE } from './model.ts';

export type Run = [number, number];
const MAX_ANCHOR = 200;
const MAX_WORDS = 14;
const MAX_RECTS = 200;

/** A word's box in places. */
export function box(page: PageText, index: number): Rect {
  const [x0, y0, x1, y1] = page.words[index]!;
  const across = (x: number): number => Math.min(SIDE, Math.max(0, Math.round((x / page.width) * SIDE)));
  const down = (y: number): number => Math.min(SIDE, Math.max(0, Math.round((y / page.height) * SIDE)));
  return [across(x0), down(y0), across(x1), down(y1)];
}

/** The word at a place, or the nearest one not farther than half a line; -1 beside the text. */
export function wordAt(page: PageText, [x, y]: At): number {
  let best = -1;
  let least = Infinity;
  page.words.forEach((_, at) => {
    const [x0, y0, x1, y1] = box(page, at);
    const half = (y1 - y0) / 2;
    const dx = Math.max(x0 - x, 0, x - x1);
    const dy = Math.max(y0 - y, 0, y - y1);
    if (dx <= 2 * half && dy <= half && dx + 4 * dy < least) [best, least] = [at, dx + 4 * dy];
  });
  return best;
}

/** The words from one place to another, in reading order; null when the first is beside the text. */
export function between(page: PageText, from: At, to: At): Run | null {
  const first = wordAt(page, from);
  if (first < 0) return null;
  let last = wordAt(page, to);
  if (last < 0) last = nearest(page, to);
  return first <= last ? [first, last] : [last, first];
}

/** The words of a run, one rectangle a line. */
export function rectsOf(page: PageText, [first, last]: Run): Rect[] {
  const rects: Rect[] = [];
  for (let at = first; at <= last; at += 1) {
    const word = box(page, at);
    const line = rects.at(-1);
    const middle = (word[1] + word[3]) / 2;
    if (line && middle > line[1] && middle < line[3] && word[0] >= line[0]) {
      rects[rects.length - 1] = [line[0], Math.min(line[1], word[1]), Math.max(line[2], word[2]), Math.max(line[3], word[3])];
    } else rects.push(word);
  }
  return rects.slice(0, MAX_RECTS);
}

/** The text beside a mark: of a highlight the words under it, else those of the nearest line. */
export function anchorOf(page: PageText, content: Content): Anchor | undefined {
  if (page.words.length === 0) return undefined;
  const [x0, y0, x1, y1] = bounds(content);
  const run = content.kind === 'highlight' ? under(page, content.rects) : line(page, nearest(page, [(x0 + x1) / 2, (y0 + y1) / 2]));
  return run ? anchor(page, run) : undefined;
}

export function anchor(page: PageText, [first, last]: Run): Anchor | undefined {
  const words: string[] = [];
  let length = -1;
  let end = first;
  for (let at = first; at <= last && words.length < MAX_WORDS; at += 1) {
    const word = page.words[at]![4].normalize('NFC').trim();
    if (length + 1 + word.length > MAX_ANCHOR) break;
    words.push(word);
    length += 1 + word.length;
    end = at;
  }
  const text = words.join(' ').trim();
  if (!text) return undefined;
  const all = rectsOf(page, [first, end]);
  const around = all.reduce((a, b) => [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])]);
  return { text, box: around };
}

function nearest(page: PageText, [x, y]: At): number {
  let best = 0;
  let least = Infinity;
  page.words.forEach((_, at) => {
    const [x0, y0, x1, y1] = box(page, at);
    const far = Math.max(x0 - x, 0, x - x1) + 4 * Math.max(y0 - y, 0, y - y1);
    if (far < least) [best, least] = [at, far];
  });
  return best;
}

/** The words of the line that a word stands in. */
function line(page: PageText, index: number): Run {
  const [, y0, , y1] = box(page, index);
  const beside = (at: number): boolean => {
    const word = page.words[at] && box(page, at);
    return word !== undefined && (word[1] + word[3]) / 2 > y0 && (word[1] + word[3]) / 2 < y1;
  };
  let [first, last] = [index, index];
  while (beside(first - 1)) first -= 1;
  while (beside(last + 1)) last += 1;
  return [first, last];
}

function under(page: PageText, rects: readonly Rect[]): Run | null {
  const inside = page.words
    .map((_, at) => at)
    .filter((at) => {
      const [x0, y0, x1, y1] = box(page, at);
      const [x, y] = [(x0 + x1) / 2, (y0 + y1) / 2];
      return rects.some((r) => x >= r[0] && x <= r[2] && y >= r[1] && y <= r[3]);
    });
  return inside.length > 0 ? [inside[0]!, inside.at(-1)!] : null;
}
