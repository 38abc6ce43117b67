/** How deadlines are kept, as the server counts it (docs/API.md). */
export const COUNTS = ['in_time', 'late', 'open', 'overdue'] as const;
export type Counted = Record<(typeof COUNTS)[number], number>;
export interface Counts {
  units: (Counted & { id: string; name: string })[];
  months: (Counted & { month: string })[];
  today: string;
}
export const total = (row: Counted): number => COUNTS.reduce((sum, kind) => sum + row[kind], 0);
/** `2026-11` as Viet Nam writes it. */
export const monthOf = (month: string): string => month.split('-').toReversed().join('/');
