/** Around midnight in Asia/Ho_Chi_Minh every screen names the day of Vietnam, whatever zone its machine believes to be in. */
import { afterEach, describe, expect, it } from 'vitest';
import { shortDate, time } from '$lib/i18n/format.ts';
import { dayOf, instantOf, timeOf, writeDay } from '../src/console/meeting/moments.ts';

const zone = process.env.TZ;
afterEach(() => {
  process.env.TZ = zone;
});

/** By counting days, without a Date: the civil calendar from the days since 1970 (H. Hinnant, "chrono-compatible algorithms"). */
function civil(days: number): string {
  const z = days + 719468;
  const era = Math.floor(z / 146097);
  const ofEra = z - era * 146097;
  const years = Math.floor((ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36524) - Math.floor(ofEra / 146096)) / 365);
  const ofYear = ofEra - (365 * years + Math.floor(years / 4) - Math.floor(years / 100));
  const month = Math.floor((5 * ofYear + 2) / 153);
  const day = ofYear - Math.floor((153 * month + 2) / 5) + 1;
  const m = month < 10 ? month + 3 : month - 9;
  return [day, m, years + era * 400 + (m <= 2 ? 1 : 0)].map((n) => String(n).padStart(2, '0')).join('/');
}

describe.each([
  ['UTC', 0],
  ['America/Los_Angeles', 480],
  ['Asia/Ho_Chi_Minh', -420],
  ['Pacific/Kiritimati', -840],
])('a machine in %s', (there, offset) => {
  it('shows the day of Vietnam at every minute around midnight, and means it when it is typed', () => {
    process.env.TZ = there;
    // A zone that is not really another one would show nothing.
    expect(new Date(Date.parse('2026-01-01T00:00:00Z')).getTimezoneOffset()).toBe(offset);
    for (const midnight of ['2026-12-31T17:00:00Z', '2024-02-28T17:00:00Z', '2026-11-21T17:00:00Z', '2026-03-08T17:00:00Z']) {
      for (let minute = -90; minute <= 90; minute += 1) {
        const moment = Date.parse(midnight) + minute * 60_000 + 59_999;
        const local = Math.floor(moment / 1000) + 7 * 3600;
        const day = civil(Math.floor(local / 86_400));
        expect(shortDate(moment)).toBe(day);
        expect(writeDay(dayOf(moment))).toBe(day);
        expect(time(moment)).toBe(timeOf(moment));
        const typed = Date.parse(instantOf(dayOf(moment), timeOf(moment))!);
        expect(moment - typed).toBe(59_999);
      }
    }
  });
});
