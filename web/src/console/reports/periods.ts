/**
 * The periods of a report: a month, a quarter, a year, or days of one's own; as the address of the page writes them.
 *
 *     periodOf('2026-q4', today)      // { kind: 'quarter', from: '2026-10-01', to: '2026-12-31' }
 *     textOf(moved(period, -1))       // '2026-q3'
 */
import { t } from '$lib/i18n/texts.svelte.ts';
import { readDay, writeDay } from '../meeting/moments.ts';

export type Kind = 'month' | 'quarter' | 'year' | 'own';
export const KINDS: readonly Kind[] = ['month', 'quarter', 'year', 'own'];
export interface Period {
  kind: Kind;
  /** First and last day, `2026-11-01`. */
  from: string;
  to: string;
}

/* The years in which meetings begin (server/reports/model.py). */
const FIRST = 2000;
const LAST = 2099;
const two = (n: number): string => String(n).padStart(2, '0');
const lastOf = (year: number, month: number): string => new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10);
const isYear = (year: number): boolean => year >= FIRST && year <= LAST;

/** From the first day of a month to the last one of the month `length - 1` later. */
function months(kind: Kind, year: number, month: number, length: number): Period {
  return { kind, from: `${year}-${two(month)}-01`, to: lastOf(year, month + length - 1) };
}

/** The period of this kind that `day` is in. */
export function around(kind: Exclude<Kind, 'own'>, day: string): Period {
  const [year, month] = day.split('-').map(Number) as [number, number];
  if (kind === 'year') return months(kind, year, 1, 12);
  return kind === 'quarter' ? months(kind, year, 3 * Math.ceil(month / 3) - 2, 3) : months(kind, year, month, 1);
}

/** What stands in the address; this month where it is no period. */
export function periodOf(text: string | undefined, today: string): Period {
  const quarter = /^(\d{4})-q([1-4])$/.exec(text ?? '');
  if (quarter && isYear(Number(quarter[1]))) return months('quarter', Number(quarter[1]), 3 * Number(quarter[2]) - 2, 3);
  const month = /^(\d{4})-(\d{2})$/.exec(text ?? '');
  if (month && isYear(Number(month[1])) && Number(month[2]) >= 1 && Number(month[2]) <= 12) return months('month', Number(month[1]), Number(month[2]), 1);
  if (/^\d{4}$/.test(text ?? '') && isYear(Number(text))) return months('year', Number(text), 1, 12);
  const own = /^(\d{4}-\d{2}-\d{2})_(\d{4}-\d{2}-\d{2})$/.exec(text ?? '');
  if (own && isOwn(own[1]!, own[2]!)) return { kind: 'own', from: own[1]!, to: own[2]! };
  return around('month', today);
}

/** Whether these are two days in order within the years that are kept. */
export function isOwn(from: string, to: string): boolean {
  return readDay(from) === from && readDay(to) === to && from <= to && isYear(Number(from.slice(0, 4))) && isYear(Number(to.slice(0, 4)));
}

/** As the address writes it. */
export function textOf({ kind, from, to }: Period): string {
  if (kind === 'own') return `${from}_${to}`;
  const year = from.slice(0, 4);
  if (kind === 'year') return year;
  return kind === 'month' ? from.slice(0, 7) : `${year}-q${Math.ceil(Number(from.slice(5, 7)) / 3)}`;
}

/** The one before (-1) or after (1); null beyond the years that are kept, and of days of one's own. */
export function moved({ kind, from }: Period, by: -1 | 1): Period | null {
  if (kind === 'own') return null;
  const length = { month: 1, quarter: 3, year: 12 }[kind];
  const [year, month] = from.split('-').map(Number) as [number, number];
  const at = new Date(Date.UTC(year, month - 1 + by * length, 1));
  return isYear(at.getUTCFullYear()) ? months(kind, at.getUTCFullYear(), at.getUTCMonth() + 1, length) : null;
}

/** `Tháng 11/2026`, `Quý IV/2026`, `Năm 2026`, `01/11/2026 – 15/11/2026`. */
export function nameOf(period: Period): string {
  const { kind, from, to } = period;
  const year = from.slice(0, 4);
  const quarter = ['I', 'II', 'III', 'IV'][Math.ceil(Number(from.slice(5, 7)) / 3) - 1]!;
  if (kind === 'own') return `${writeDay(from)} – ${writeDay(to)}`;
  return t(`reports.period.of_${kind}`, { year, quarter, month: two(Number(from.slice(5, 7))) });
}
