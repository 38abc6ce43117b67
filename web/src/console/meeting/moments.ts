/** Days and times as people write them in Vietnam (UTC+7, whatever the machine's zone), and the moments they mean. */
const OFFSET_MS = 7 * 3_600_000;

/** `2026-11-21`, the day of a moment. */
export function dayOf(moment: number): string {
  return new Date(moment + OFFSET_MS).toISOString().slice(0, 10);
}

/** `09:30`, the time of day of a moment. */
export function timeOf(moment: number): string {
  return new Date(moment + OFFSET_MS).toISOString().slice(11, 16);
}

/** Whether it is a time of day, with or without the leading zero: `7:30`, `07:30`. */
export function isTime(text: string): boolean {
  return /^([01]?\d|2[0-3]):[0-5]\d$/.test(text.trim());
}

/** RFC 3339 in UTC with milliseconds; null when day or time is not one. */
export function instantOf(day: string, time: string): string | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || !isTime(time)) return null;
  const moment = Date.parse(`${day}T${time.trim().padStart(5, '0')}:00+07:00`);
  return Number.isNaN(moment) ? null : new Date(moment).toISOString();
}
