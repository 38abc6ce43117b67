/**
 * Dates, times, durations, numbers and sizes as Vietnamese public bodies write them, and in English.
 *
 * Rules: moments come as RFC 3339 UTC and are shown in Vietnam's time (UTC+7, no summer time) whatever the machine thinks, because
 * a seat terminal's own zone is often wrong. "ngày 21 tháng 11 năm 2026" is not in Intl: it is composed here.
 */
import { currentLanguage, t } from './texts.svelte.ts';
import { together } from './together.ts';

const OFFSET_MS = 7 * 3600_000;
const MONTHS = 'January February March April May June July August September October November December'.split(' ');

/** The clock face of a moment in Vietnam, as a Date whose UTC fields are to be read. */
function face(moment: string | Date | number): Date {
  return new Date(new Date(moment).getTime() + OFFSET_MS);
}
const two = (n: number): string => String(n).padStart(2, '0');

/** `09:42` */
export function time(moment: string | Date | number): string {
  const at = face(moment);
  return `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`;
}

/** `ngày 21 tháng 11 năm 2026` · `21 November 2026`. Day and the months January and February have two digits, as decree 30/2020 asks. */
export function longDate(moment: string | Date | number): string {
  const at = face(moment);
  const [day, month, year] = [at.getUTCDate(), at.getUTCMonth(), at.getUTCFullYear()];
  if (currentLanguage() === 'en') return `${day} ${MONTHS[month]!} ${year}`;
  return together(`ngày ${two(day)} tháng ${month < 2 ? two(month + 1) : month + 1} năm ${year}`);
}

/** `21/11/2026` in both languages. */
export function shortDate(moment: string | Date | number): string {
  const at = face(moment);
  return `${two(at.getUTCDate())}/${two(at.getUTCMonth() + 1)}/${at.getUTCFullYear()}`;
}

/** `09:42, 21/11/2026`, where there is little room. */
export function shortDateTime(moment: string | Date | number): string {
  return `${time(moment)}, ${shortDate(moment)}`;
}

/** `09:42, ngày 21 tháng 11 năm 2026` */
export function dateTime(moment: string | Date | number): string {
  return `${time(moment)}, ${longDate(moment)}`;
}

/** `45 phút`, `1 giờ 30 phút`; minutes in. */
export function minutes(count: number): string {
  const hours = Math.floor(count / 60);
  const rest = count % 60;
  const parts = [];
  if (hours > 0) parts.push(t('common.duration.hours', { n: hours }));
  if (rest > 0 || hours === 0) parts.push(t('common.duration.minutes', { n: rest }));
  return parts.join('\u00a0');
}

/** What something took, `4 phút`, `dưới 1 phút`: nothing takes no time at all; minutes in. */
export function spent(count: number): string {
  return count < 1 ? t('common.duration.moment') : minutes(Math.round(count));
}

/** `12:31`, `1:02:03`: a running clock; seconds in, never below zero. */
export function elapsed(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole / 3600);
  const rest = `${two(Math.floor((whole % 3600) / 60))}:${two(whole % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

/** How long ago: `vừa xong`, `4 phút trước`, then the time of day, then the date. */
export function ago(moment: string, now: number): string {
  const seconds = (now - Date.parse(moment)) / 1000;
  if (seconds < 60) return t('common.ago.now');
  if (seconds < 3600) return t('common.ago.minutes', { n: Math.floor(seconds / 60) });
  return seconds < 12 * 3600 ? time(moment) : shortDateTime(moment);
}

/** `1.234.567` · `1,234,567` */
export function number(value: number, digits = 0): string {
  return new Intl.NumberFormat(currentLanguage() === 'vi' ? 'vi-VN' : 'en-GB', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value);
}

/** `86,7%` · `86.7%`: a part of a whole; nothing of nothing is 0. */
export function percent(part: number, whole: number, digits = 1): string {
  return `${number(whole === 0 ? 0 : (100 * part) / whole, digits)}%`;
}

/** `412 KB`, `1,4 MB` (powers of 1000, as file managers show). */
export function bytes(size: number): string {
  const units = ['B', 'KB', 'MB', 'GB'];
  let value = size;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${number(value, unit > 0 && value < 10 ? 1 : 0)}\u00a0${units[unit]!}`;
}
