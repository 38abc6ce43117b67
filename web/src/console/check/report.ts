/**
 * What the server says of a file's signatures (docs/API.md), and the words for it.
 *
 * Rules G28–G31: a result is a word and an icon, never a colour alone; an age is told in the largest unit that still says something.
 */
import { t } from '$lib/i18n/texts.svelte.ts';

export type Result = 'valid' | 'unsure' | 'broken';

export interface CheckedSignature {
  field: string;
  who: string;
  issuer: string;
  serial: string;
  fingerprint: string;
  claimed_at: string | null;
  stamped_at: string | null;
  result: Result;
  changed: 'no' | 'signed-later' | 'changed' | 'unknown';
  reasons: string[];
  revoked_since: string | null;
  revocation: { kind: 'ocsp' | 'crl'; made_at: string; age_s: number } | null;
}

export interface Report {
  file: string;
  size_bytes: number;
  sha256: string;
  worst: Result | null;
  anchors: number;
  checked_at: string;
  signatures: CheckedSignature[];
}

/** `5 phút`, `3 giờ`, `12 ngày`; seconds in. */
export function age(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return t('checks.age.minutes', { n: Math.max(1, minutes) });
  const hours = Math.round(seconds / 3600);
  return hours < 48 ? t('checks.age.hours', { n: hours }) : t('checks.age.days', { n: Math.round(seconds / 86_400) });
}

/** The name people know out of a distinguished name (RFC 4514): its CN, else its O, else all of it. */
export function plainName(distinguished: string): string {
  const found = /(?:^|,)CN=((?:\\.|[^,\\])+)/.exec(distinguished) ?? /(?:^|,)O=((?:\\.|[^,\\])+)/.exec(distinguished);
  return found ? found[1]!.replaceAll(/\\(.)/g, '$1') : distinguished;
}

/** A fingerprint in groups of four, to be read aloud. */
export function grouped(fingerprint: string): string {
  return fingerprint.replaceAll(/(.{4})(?=.)/g, '$1 ');
}
