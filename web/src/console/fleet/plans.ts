/**
 * Seat plans made by rule: straight rows, a horseshoe around the display, or half circles before it.
 *
 * Rules: places are thousandths of the plan; rows are lettered from the front (A, B …), seats in a row numbered from the left; no two
 * labels are alike. A horseshoe opens towards the display at the lower edge; its head is row A, the arms B (left) and C (right).
 */
export interface NewSeat {
  label: string;
  x: number;
  y: number;
}

export const MOST_SEATS = 500;
const MARGIN = 100;
const ROWS = 26;

const spread = (at: number, of: number, from = MARGIN, to = 1000 - MARGIN): number =>
  Math.round(of === 1 ? (from + to) / 2 : from + ((to - from) * at) / (of - 1));

/** `rows` rows of `columns` seats each; null when it cannot be drawn. */
export function grid(rows: number, columns: number): NewSeat[] | null {
  if (!within(rows, ROWS) || !within(columns, 50) || rows * columns > MOST_SEATS) return null;
  return Array.from({ length: rows * columns }, (_, at) => {
    const row = Math.floor(at / columns);
    const column = at % columns;
    return { label: `${letter(row)}${column + 1}`, x: spread(column, columns), y: spread(row, rows) };
  });
}

/** A head of `head` seats and two arms of `arm` seats each; null when it cannot be drawn. */
export function horseshoe(head: number, arm: number): NewSeat[] | null {
  if (!within(head, 30) || !within(arm, 40)) return null;
  const top = Array.from({ length: head }, (_, at) => ({ label: `A${at + 1}`, x: spread(at, head, 300, 700), y: MARGIN }));
  const side = (name: string, x: number): NewSeat[] =>
    Array.from({ length: arm }, (_, at) => ({ label: `${name}${at + 1}`, x, y: spread(at, arm, 280, 900) }));
  return [...top, ...side('B', MARGIN), ...side('C', 1000 - MARGIN)];
}

/** `rows` half circles around the display, `inner` seats in the innermost and two more in each one behind it; null when it cannot be drawn. */
export function hemicycle(rows: number, inner: number): NewSeat[] | null {
  if (!within(rows, 12) || !within(inner, 40) || inner < 3 || rows * (inner + rows - 1) > MOST_SEATS) return null;
  return Array.from({ length: rows }, (_, row) => row).flatMap((row) => {
    const seats = inner + 2 * row;
    const radius = rows === 1 ? 400 : spread(row, rows, Math.max(160, 500 - 100 * rows), 400);
    return Array.from({ length: seats }, (_, at) => {
      const turn = Math.PI * (1 - at / (seats - 1));
      const [x, y] = [500 + radius * Math.cos(turn), 700 - radius * Math.sin(turn)];
      return { label: `${letter(row)}${at + 1}`, x: Math.round(x), y: Math.round(y) };
    });
  });
}

/** The nearest place on the plan, in whole thousandths. */
export function onPlan(at: { x: number; y: number }): { x: number; y: number } {
  const fit = (value: number): number => Math.min(1000, Math.max(0, Math.round(value)));
  return { x: fit(at.x), y: fit(at.y) };
}

/** The next free label after the newest of its row: `C4` after `C3`. */
export function nextLabel(labels: readonly string[]): string {
  const last = labels.at(-1) ?? 'A0';
  const [, row = 'A', count = '0'] = /^(.*?)(\d*)$/.exec(last)!;
  for (let number = Number(count) + 1; ; number += 1) if (!labels.includes(`${row}${number}`)) return `${row}${number}`;
}

function within(count: number, most: number): boolean {
  return Number.isInteger(count) && count >= 1 && count <= most;
}
function letter(row: number): string {
  return String.fromCharCode(65 + row);
}
