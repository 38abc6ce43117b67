const OFFSET_MS = 7 * 3_600_000;

/** `09:42:05` in Vietnam: a log needs the seconds. */
export function exactTime(moment: string): string {
  return new Date(Date.parse(moment) + OFFSET_MS).toISOString().slice(11, 19);
}
