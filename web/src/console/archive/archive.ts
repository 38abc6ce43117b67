/** The archive of the house as its page shows it (docs/ARCHIVE.md). */
import { shortDate } from '$lib/i18n/format.ts';
import { t } from '$lib/i18n/texts.svelte.ts';

export interface Dossier {
  meeting: string;
  notation: string;
  title: string;
  type: string;
  began: string;
  closed: string;
  documents: number;
  pages: number;
  /** null: for ever. */
  years: number | null;
  ends_on: string | null;
  due: boolean;
  revision: number;
  by: string;
  reason: string;
  transfer: number | null;
  locked: boolean;
}
export interface Waiting {
  meeting: string;
  title: string;
  type: string;
  starts_at: string;
  default: number | null;
}
export interface Transfer {
  transfer: number;
  since: string;
  until: string;
  dossiers: number;
  by: string;
  /** `back`: it was taken back, and does not hold. */
  state: 'listed' | 'done' | 'back';
  receiver: string;
  done_on: string | null;
  back_at: string | null;
  back_by: string;
  back_reason: string;
}
export interface Board {
  dossiers: Dossier[];
  waiting: Waiting[];
  transfers: Transfer[];
}

export const MOST_YEARS = 70;

/** A day of the server, `2026-03-05`, as people read it. */
export const dayOf = (day: string): string => shortDate(`${day}T05:00:00Z`);

export const periodOf = (years: number | null): string => (years === null ? t('archive.for_ever') : t('archive.years', { n: years }));

/** The locked dossiers of a time that no list has. */
export function fitting(dossiers: readonly Dossier[], since: string, until: string): Dossier[] {
  return dossiers.filter((each) => each.locked && each.transfer === null && since <= each.closed && each.closed <= until);
}

/** What was typed as a number of years; null: none that can be. */
export function yearsOf(typed: string): number | null {
  const years = /^\d{1,2}$/.test(typed.trim()) ? Number(typed) : 0;
  return years >= 1 && years <= MOST_YEARS ? years : null;
}
