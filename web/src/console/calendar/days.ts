/**
 * Days as `2026-11-23`, weeks from Monday on, and which meetings stand at which day in Vietnam.
 *
 * Rules: nothing here knows the machine's own zone; a day that is none of the calendar is today.
 */
import type { ListedMeeting } from '../types.ts';
import { dayOf, readDay } from '../meeting/moments.ts';

export type View = 'month' | 'week';
const DAY_MS = 86_400_000;

export function addDays(day: string, count: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * DAY_MS).toISOString().slice(0, 10);
}

/** The Monday on or before it. */
export function mondayOf(day: string): string {
  return addDays(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7));
}

export function weekOf(day: string): string[] {
  const monday = mondayOf(day);
  return Array.from({ length: 7 }, (_, n) => addDays(monday, n));
}

/** The weeks that have a day of the month of `day`. */
export function weeksOf(day: string): string[][] {
  const weeks: string[][] = [];
  for (let at = `${day.slice(0, 8)}01`; weeks.length === 0 || weekOf(at)[0]!.startsWith(day.slice(0, 7)); at = addDays(weekOf(at)[0]!, 7)) {
    weeks.push(weekOf(at));
  }
  return weeks;
}

/** The first day of the month `count` months on; the same day a week on, in a week's view. */
export function moved(view: View, day: string, count: number): string {
  if (view === 'week') return addDays(day, 7 * count);
  const [year, month] = day.split('-').map(Number) as [number, number];
  return new Date(Date.UTC(year, month - 1 + count, 1)).toISOString().slice(0, 10);
}

/** What the address names, or today. */
export function dayFrom(text: string | undefined, today: string): string {
  const day = readDay(text ?? '');
  return day !== null && day >= '2000-01-01' && day <= '2099-12-31' ? day : today;
}

/** The meetings of each day, the earliest first; rehearsals are no meetings (M5). */
export function byDay(meetings: readonly ListedMeeting[]): Map<string, ListedMeeting[]> {
  const found = new Map<string, ListedMeeting[]>();
  for (const meeting of meetings.toSorted((a, b) => a.starts_at.localeCompare(b.starts_at))) {
    if (meeting.rehearsal_of) continue;
    const day = dayOf(Date.parse(meeting.starts_at));
    found.set(day, [...(found.get(day) ?? []), meeting]);
  }
  return found;
}
