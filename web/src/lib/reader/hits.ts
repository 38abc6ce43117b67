/**
 * Where on a page the words of a search stand.
 *
 * Rules: the same folding as the renderer's search (no accents, đ as d, lower case); a query may begin or end inside a word and may
 * run over line ends; the whole of each word that is touched is marked.
 */
import { fold } from '../fold.ts';
import type { PageText } from './source.ts';

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** One list of boxes for each occurrence of `query` on the page, in reading order. */
export function occurrences(text: PageText, query: string): Box[][] {
  const wanted = fold(query).trim().replace(/\s+/g, ' ');
  if (wanted === '') return [];
  const starts: number[] = [];
  let whole = '';
  for (const [, , , , word] of text.words) {
    starts.push(whole.length);
    whole += `${fold(word)} `;
  }
  const found: Box[][] = [];
  for (let at = whole.indexOf(wanted); at >= 0; at = whole.indexOf(wanted, at + wanted.length)) {
    found.push(boxes(text, starts, { from: at, to: at + wanted.length }));
  }
  return found;
}

function boxes(text: PageText, starts: readonly number[], range: { from: number; to: number }): Box[] {
  const touched = text.words.filter((_, index) => {
    const next = starts[index + 1] ?? Infinity;
    return starts[index]! < range.to && next - 1 > range.from;
  });
  return touched.map(([x0, y0, x1, y1]) => ({ x: x0, y: y0, width: x1 - x0, height: y1 - y0 }));
}
