/** What the server tells of reports (docs/API.md), and how figures are grouped, drawn and written. */
import { minutes, number, percent, spent } from '$lib/i18n/format.ts';
import { t } from '$lib/i18n/texts.svelte.ts';
import type { Phase } from '$lib/sections.ts';
import type { BarRow, Series } from '../ui/Bars.svelte';

export type Sums = Readonly<Record<string, number>>;
export interface Report {
  from: string;
  to: string;
  unit: { id: string; name: string } | null;
  /** Of that unit alone, without those below it. */
  exact: boolean;
  /** Everything is counted; else only what one leads. */
  house: boolean;
  /** Meetings of which only some people are counted, and no votes. */
  partly: number;
  /** Meetings that are not counted. */
  pending: number;
  sums: Sums;
  months: (Sums & { month: string })[];
  units: (Sums & { id: string | null; name: string })[];
  people: (Sums & { id: string; name: string; unit: string })[];
}
export interface Mine {
  may: boolean;
  house: boolean;
  units: { id: string; name: string }[];
}
export interface MadeOf {
  meetings: { id: string | null; title: string | null; starts_at: string; phase: Phase; n: number }[];
  total: number;
}

export const STANDINGS = ['present', 'late', 'excused', 'absent', 'unsaid'] as const;
export const SPEECHES = ['speech', 'question', 'answer', 'order', 'written'] as const;
export const VOTES = ['hands', 'open', 'named', 'secret'] as const;
export const RESULTS = ['passed', 'rejected', 'no_quorum', 'elected', 'unfilled', 'counted', 'unannounced', 'withdrawn'] as const;

const tones = { present: 'good', late: 'warn', excused: 'accent', absent: 'bad', unsaid: 'soft' } as const;
/** How people attended, as charts draw it. */
export const attendance = (): Series[] => STANDINGS.map((key) => ({ key, label: t(`reports.figure.${key}`), tone: tones[key], alarms: key === 'absent' }));
/** How meetings began, or did not. */
export const begun = (): Series[] => [
  { key: 'on_time', label: t('reports.figure.on_time'), tone: 'good' },
  { key: 'started_late', label: t('reports.figure.started_late'), tone: 'warn' },
  { key: 'cancelled', label: t('reports.figure.cancelled'), tone: 'soft' },
];
/** One figure alone. */
export const only = (key: string): Series[] => [{ key, label: t(`reports.figure.${key}`), tone: 'accent' }];

/* Hours and minutes may stand in two lines, each held to its number. */
const wrapped = (text: string): string => text.replace(/\u00a0(?=\d)/g, ' ');
/** A span of seconds, or of milliseconds, as people say it. */
export const seconds = (value: number): string => wrapped(value < 60 ? spent(0) : minutes(Math.round(value / 60)));
export const milliseconds = (value: number): string => (value === 0 ? number(0) : wrapped(spent(value / 60_000)));
/** A part of its whole; nothing where there is no whole. */
export const share = (part: number, whole: number): string => (whole > 0 ? percent(part, whole) : '');

/** Kilograms of so many sheets: A4 is 210 mm × 297 mm (ISO 216), at 80 g/m² a sheet weighs 4.99 g; never rounded up. */
export const kilograms = (sheets: number): number => Math.floor((sheets * 4.99) / 100) / 10;

/** How an address names a unit without those below it. */
const ALONE = '.alone';
export const alone = (unit: string): string => unit + ALONE;
/** The unit of an address. */
export function unitOf(part = ''): { unit: string; exact: boolean } {
  const exact = part.endsWith(ALONE);
  const unit = exact ? part.slice(0, -ALONE.length) : part;
  return unit === 'all' ? { unit: '', exact: false } : { unit, exact };
}
/** Where figures lead: to the list of what they count. */
export function address(period: string, unit: string, of = '', person = ''): string {
  return ['/reports', period, unit || 'all', of, person].filter(Boolean).join('/');
}

/** The question of an address. */
export function question(period: { from: string; to: string }, unit: string, exact = false): string {
  return new URLSearchParams({ from: period.from, to: period.to, ...(unit && { unit, ...(exact && { exact: '1' }) }) }).toString();
}

/** Units as rows: each counts its own people alone, and so does what it leads to. */
export function unitRows(report: Report, period: string, takes: (row: Report['units'][number]) => boolean): BarRow[] {
  return report.units.filter(takes).map((row) => ({
    id: row.id ?? `-${row.name}`,
    name: row.name || t('reports.no_unit'),
    values: row,
    href: row.id && !(report.exact && row.id === report.unit?.id) ? address(period, alone(row.id)) : undefined,
  }));
}

/** `2026-11` as Viet Nam writes it. */
export const monthOf = (month: string): string => month.split('-').toReversed().join('/');
/** Months as rows, each leading to its own report. */
export function monthRows(report: Report, unit: string, takes: (row: Report['months'][number]) => boolean): BarRow[] {
  return report.months.filter(takes).map((row) => ({ id: row.month, name: monthOf(row.month), values: row, href: address(row.month, unit) }));
}
