/** A list of accounts as the server judged it (docs/API.md). */

export type Kind = 'new' | 'changed' | 'unchanged' | 'wrong';
export const KINDS: readonly Kind[] = ['new', 'changed', 'unchanged', 'wrong'];
export const COLUMNS = ['name', 'username', 'position', 'unit', 'roles'] as const;
export type Column = (typeof COLUMNS)[number];

export interface Line {
  /** As a spreadsheet counts. */
  row: number;
  kind: Kind;
  cells: Readonly<Record<Column, string>>;
  faults: readonly { column: Column; cell: string; code: string; data: Readonly<Record<string, string | number>> }[];
  /** What would be changed, as it is now. */
  before: Readonly<Partial<Record<Column, string>>>;
}

export interface Looked {
  rows: readonly Line[];
  counts: Readonly<Record<Kind, number>>;
  seen: string;
  wrong_file: string;
}

export interface Given {
  username: string;
  name: string;
  password: string;
}

export interface Taken {
  counts: Readonly<Record<Kind, number>>;
  passwords: readonly Given[];
}

/** Of a request; in base 64 a file takes a third more. */
export const MAX_BYTES = 700 * 1024;

/** What is shown first: what is wrong, else everything. */
export function first(counts: Looked['counts']): Kind | 'all' {
  return counts.wrong > 0 ? 'wrong' : 'all';
}

/** For spreadsheets: with a mark for UTF-8, and nothing in it that one of them would compute. */
export function csv(rows: readonly (readonly string[])[]): string {
  const cell = (text: string): string => `"${(/^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
  return `\ufeff${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;
}
