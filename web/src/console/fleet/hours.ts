/** Hours of a day as the server has them, in minutes, and as people type them. */
export interface Hours {
  begins: number;
  ends: number;
}

/** A terminal that was switched on has said hello by then. */
export const STARTS_MS = 120_000;

/** `450` is `07:30`; the end of a day is its last minute. */
export function clock(minute: number): string {
  const shown = Math.min(minute, 24 * 60 - 1);
  return [Math.floor(shown / 60), shown % 60].map((part) => String(part).padStart(2, '0')).join(':');
}

/** `07:30` is `450`; `23:59` is the end of the day. */
export function minutes(text: string): number {
  const [hour = 0, minute = 0] = text.split(':').map(Number);
  const found = hour * 60 + minute;
  return found === 24 * 60 - 1 ? 24 * 60 : found;
}
