/** What is kept of one's own reading in a meeting, put together paper by paper. */
import type { Reading } from './readings.ts';

/** A meeting in which something is kept. */
export interface OwnMeeting {
  id: string;
  title: string;
  starts_at: string | null;
  rows: number;
  newest_at: string;
}

export interface Place {
  place: 'seat' | 'console';
  seat_label: string;
}

/** One version of a paper: when it was opened and where, and which pages lay in front; pages alone that were only sent ahead. */
export interface OwnPaper {
  paper: string;
  title: string;
  version: number;
  openings: (Place & { at: string })[];
  front: number[];
  sent: number[];
}

/** The papers in the order of their first row, pages in theirs. */
export function papersOf(rows: readonly Reading[]): OwnPaper[] {
  const found = new Map<string, OwnPaper>();
  for (const row of rows) {
    const key = `${row.paper} ${row.version}`;
    const known = found.get(key) ?? { paper: row.paper, title: row.title, version: row.version, openings: [], front: [], sent: [] };
    found.set(key, known);
    if (row.how === 'opened') known.openings.push({ at: row.at, place: row.place, seat_label: row.seat_label });
    else known[row.how].push(row.page);
  }
  for (const each of found.values()) {
    each.front = sorted(each.front);
    each.sent = sorted(each.sent).filter((page) => !each.front.includes(page));
  }
  return [...found.values()];
}

const sorted = (pages: readonly number[]): number[] => [...new Set(pages)].sort((one, other) => one - other);

/** `1–3, 7`. */
export function spans(pages: readonly number[]): string {
  const found: [number, number][] = [];
  for (const page of pages) {
    const last = found.at(-1);
    if (last && page === last[1] + 1) last[1] = page;
    else found.push([page, page]);
  }
  return found.map(([first, last]) => (first === last ? String(first) : `${first}–${last}`)).join(', ');
}
