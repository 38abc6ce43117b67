/**
 * The agenda while it is being edited: rows in reading order, each with its depth; operations give a new list (M4).
 *
 * Rules: a row and everything below it move together; a row can stand at most one deeper than the row before it. A heading takes as
 * long as it says, or as long as its parts together when those are longer; the whole takes what its top rows take.
 *
 *     rows = indent(rows, at); toItems(rows)
 */
import type { AgendaItem } from '$lib/sections.ts';
import { newId } from '$lib/wire/ids.ts';

export type Visibility = AgendaItem['visibility'];

export interface Row {
  item: string;
  title: string;
  minutes: number;
  visibility: Visibility;
  presenter: string | null;
  depth: number;
}

export interface SentItem {
  item: string;
  parent: string | null;
  title: string;
  minutes: number;
  visibility: Visibility;
  presenter: string | null;
}

export type Rows = readonly Row[];

/** As deep as the numbers stay readable: 1.1.1.1. */
export const DEEPEST = 3;
const NEW_MINUTES = 15;

export function fromItems(items: readonly AgendaItem[]): Row[] {
  const depths = new Map<string, number>();
  return items.map(({ item, parent, title, minutes, visibility, presenter }) => {
    const depth = parent === null ? 0 : (depths.get(parent) ?? -1) + 1;
    depths.set(item, depth);
    return { item, title, minutes, visibility, presenter, depth };
  });
}

export function toItems(rows: Rows): SentItem[] {
  const path: string[] = [];
  return rows.map(({ depth, ...row }) => {
    path.length = depth;
    const parent = path.at(-1) ?? null;
    path.push(row.item);
    return { ...row, title: row.title.trim(), parent };
  });
}

/** `1`, `1.1`, `2` … for each row. */
export function numbersOf(rows: Rows): string[] {
  const counts: number[] = [];
  return rows.map(({ depth }) => {
    counts.length = depth + 1;
    counts[depth] = (counts[depth] ?? 0) + 1;
    return counts.join('.');
  });
}

/** The index after the last row below `at`. */
export function endOf(rows: Rows, at: number): number {
  let end = at + 1;
  while (end < rows.length && rows[end]!.depth > rows[at]!.depth) end += 1;
  return end;
}

/** The row of the same depth and parent before this one, or null. */
function before(rows: Rows, at: number): number | null {
  for (let there = at - 1; there >= 0; there -= 1) {
    if (rows[there]!.depth < rows[at]!.depth) return null;
    if (rows[there]!.depth === rows[at]!.depth) return there;
  }
  return null;
}

function after(rows: Rows, at: number): number | null {
  const end = endOf(rows, at);
  return end < rows.length && rows[end]!.depth === rows[at]!.depth ? end : null;
}

const shifted = (rows: Rows, by: number): Row[] => rows.map((row) => ({ ...row, depth: row.depth + by }));

export const canIndent = (rows: Rows, at: number): boolean =>
  before(rows, at) !== null && Math.max(...rows.slice(at, endOf(rows, at)).map((row) => row.depth)) < DEEPEST;
export const canOutdent = (rows: Rows, at: number): boolean => rows[at]!.depth > 0;
export const canMoveUp = (rows: Rows, at: number): boolean => before(rows, at) !== null;
export const canMoveDown = (rows: Rows, at: number): boolean => after(rows, at) !== null;

/** Below the row before it. */
export function indent(rows: Rows, at: number): Rows {
  if (!canIndent(rows, at)) return rows;
  const end = endOf(rows, at);
  return [...rows.slice(0, at), ...shifted(rows.slice(at, end), 1), ...rows.slice(end)];
}

/** Beside its parent: after everything that is still below the parent. */
export function outdent(rows: Rows, at: number): Rows {
  if (!canOutdent(rows, at)) return rows;
  const end = endOf(rows, at);
  let rest = end;
  while (rest < rows.length && rows[rest]!.depth >= rows[at]!.depth) rest += 1;
  return [...rows.slice(0, at), ...rows.slice(end, rest), ...shifted(rows.slice(at, end), -1), ...rows.slice(rest)];
}

/** Before the row of its own depth above it, with all below it. */
export function moveUp(rows: Rows, at: number): Rows {
  const there = before(rows, at);
  if (there === null) return rows;
  const end = endOf(rows, at);
  return [...rows.slice(0, there), ...rows.slice(at, end), ...rows.slice(there, at), ...rows.slice(end)];
}

export function moveDown(rows: Rows, at: number): Rows {
  const there = after(rows, at);
  return there === null ? rows : moveUp(rows, there);
}

/** A new row after `at` and all below it, beside it; at the end when `at` is null. */
export function addAfter(rows: Rows, at: number | null, item: string = newId('i')): { rows: Rows; at: number } {
  const place = at === null ? rows.length : endOf(rows, at);
  const depth = at === null ? 0 : rows[at]!.depth;
  const row: Row = { item, title: '', minutes: NEW_MINUTES, visibility: 'common', presenter: null, depth };
  return { rows: [...rows.slice(0, place), row, ...rows.slice(place)], at: place };
}

/** Without the row; what was below it goes with it. */
export function remove(rows: Rows, at: number): Rows {
  return [...rows.slice(0, at), ...rows.slice(endOf(rows, at))];
}

export function change(rows: Rows, at: number, what: Partial<Omit<Row, 'item' | 'depth'>>): Rows {
  return rows.map((row, there) => (there === at ? { ...row, ...what } : row));
}

/** What the row takes, in minutes: its own, or its parts' sum when that is more. */
export function lasting(rows: Rows, at: number): number {
  return Math.max(rows[at]!.minutes, partsOf(rows, at));
}

/** What the rows directly below take together. */
export function partsOf(rows: Rows, at: number): number {
  const end = endOf(rows, at);
  let sum = 0;
  for (let there = at + 1; there < end; there = endOf(rows, there)) sum += lasting(rows, there);
  return sum;
}

/** What the whole agenda takes, in minutes. */
export function total(rows: Rows): number {
  let sum = 0;
  for (let at = 0; at < rows.length; at = endOf(rows, at)) sum += lasting(rows, at);
  return sum;
}

/** When each row begins, in minutes after the start of the meeting. */
export function starts(rows: Rows): number[] {
  const found: number[] = [];
  const walk = (from: number, to: number, at: number): void => {
    let clock = at;
    for (let there = from; there < to; there = endOf(rows, there)) {
      found[there] = clock;
      walk(there + 1, endOf(rows, there), clock);
      clock += lasting(rows, there);
    }
  };
  walk(0, rows.length, 0);
  return found;
}

/** Whether two lists would be sent alike. */
export function same(left: Rows, right: Rows): boolean {
  return JSON.stringify(toItems(left)) === JSON.stringify(toItems(right));
}
