/** How deadlines are kept, as the server counts it (docs/API.md). */
import { t } from '$lib/i18n/texts.svelte.ts';
import type { Series } from '../ui/Bars.svelte';

export const COUNTS = ['in_time', 'late', 'open', 'overdue'] as const;
export type Counted = Record<(typeof COUNTS)[number], number>;
export interface Counts {
  units: (Counted & { id: string; name: string })[];
  months: (Counted & { month: string })[];
  today: string;
}
const TONES = { in_time: 'good', late: 'warn', open: 'accent', overdue: 'bad' } as const;
/** As the charts draw them. */
export const series = (): Series[] => COUNTS.map((key) => ({ key, label: t(`tasks.counts.${key}`), tone: TONES[key], alarms: key === 'overdue' }));
/** `2026-11` as Viet Nam writes it. */
export const monthOf = (month: string): string => month.split('-').toReversed().join('/');
