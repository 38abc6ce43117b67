/** Lists of terminals to come, as the server judged and keeps them (docs/API.md). */

export const COLUMNS = ['serial', 'code', 'room', 'seat'] as const;
export type Column = (typeof COLUMNS)[number];

export interface Line {
  /** As a spreadsheet counts. */
  row: number;
  serial: string;
  /** Whether there is one; which, only the file says. */
  code: boolean;
  room: string;
  seat: string;
  faults: readonly { column: Column; cell: string; code: string; data: Readonly<Record<string, string | number>> }[];
}

export interface Looked {
  rows: readonly Line[];
  good: number;
  seen: string;
}

export type State = 'waiting' | 'used' | 'expired' | 'locked' | 'taken_back';

export interface Listed {
  number: number;
  serial: string;
  seat_label: string;
  room_name: string;
  state: State;
  by_name: string;
  at: string;
  until: string;
  ended_at: string | null;
  device: string | null;
  wrong: number;
  /** Another terminal that came with the serial, until IT has seen that. */
  other: string | null;
  other_at: string | null;
  /** Somebody else's terminal stands there: it would have to wait. */
  seat_taken: boolean;
}

export type Shown = 'open' | 'attention' | 'all';

/** What only IT can put right. */
export function wantsEyes(row: Listed): boolean {
  return row.state === 'locked' || row.other !== null || row.seat_taken;
}

/** The rows of a view, as they came (the newest first). What is open has not come: its code may have run out. */
export function rowsOf(rows: readonly Listed[], shown: Shown): readonly Listed[] {
  if (shown === 'all') return rows;
  return rows.filter((row) => (wantsEyes(row) || (shown === 'open' && (row.state === 'waiting' || row.state === 'expired'))));
}
