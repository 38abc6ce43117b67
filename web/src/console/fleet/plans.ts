/**
 * Seat plans made by rule: straight rows, or a horseshoe around the display.
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

function within(count: number, most: number): boolean {
  return Number.isInteger(count) && count >= 1 && count <= most;
}
function letter(row: number): string {
  return String.fromCharCode(65 + row);
}
