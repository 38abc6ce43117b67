/** Days and times as people write them in Vietnam (UTC+7, whatever the machine's zone), and the moments they mean. */
const OFFSET_MS = 7 * 3_600_000;

/** `2026-11-21`, the day of a moment. */
export function dayOf(moment: number): string {
  return new Date(moment + OFFSET_MS).toISOString().slice(0, 10);
}

/** `21/11/2026` of `2026-11-21`; '' of ''. */
export function writeDay(day: string): string {
  return day.split('-').toReversed().join('/');
}

/** `2026-11-21` of `21/11/2026`, `1/9/2026` or `2026-11-21`; null of what is no day. */
export function readDay(text: string): string | null {
  const found = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(text.trim());
  const iso = found ? `${found[3]}-${found[2]!.padStart(2, '0')}-${found[1]!.padStart(2, '0')}` : text.trim();
  const moment = /^\d{4}-\d{2}-\d{2}$/.test(iso) ? Date.parse(`${iso}T00:00:00Z`) : NaN;
  // The 31st of February is read as the 3rd of March.
  return Number.isNaN(moment) || new Date(moment).toISOString().slice(0, 10) !== iso ? null : iso;
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
