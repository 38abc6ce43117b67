/** What a line of the book says, in words: whole, or where it differs from what came after it. */

import { number } from '$lib/i18n/format.ts';
import { t } from '$lib/i18n/texts.svelte.ts';
import { writeDay } from '../meeting/moments.ts';
import { type Correction, type Entry, foundOf, type Said } from './upkeep.ts';

/** `source`: of a swap that wrote itself the words are the reader's. */
type Told = Said & Partial<Pick<Entry, 'source'>>;

const WORDS: { readonly [Key in keyof Said]: (said: Told) => [string, string] } = {
  kind: ({ kind }) => [t('upkeep.kind_label'), t(`upkeep.kind.${kind}`)],
  day: ({ day }) => [t('upkeep.day'), writeDay(day)],
  found: ({ found, source = '' }) => [t('upkeep.found'), foundOf({ found, source })],
  done: ({ done }) => [t('upkeep.done'), done],
  by_whom: ({ by_whom }) => [t('upkeep.by_whom'), by_whom],
  cost: ({ cost }) => [t('upkeep.cost'), cost === null ? '' : number(cost)],
  closed_on: ({ closed_on }) => [t('upkeep.closed_on'), closed_on === null ? t('upkeep.open') : writeDay(closed_on)],
};

/** `Ngày: 21/11/2026`, a line each: of all that is said, or of what differs from `than`. */
export function words(said: Told, than: Said | null = null): string[] {
  const keys = (Object.keys(WORDS) as (keyof Said)[]).filter((key) => than === null || said[key] !== than[key]);
  return keys.map((key) => WORDS[key](said)).map(([label, value]) => `${label}: ${value || '–'}`);
}

/** What a correction changed, as it was before: against the next change of the line, else against the line as it is. */
export function before(one: Correction, entry: Entry, corrections: readonly Correction[]): string {
  const next = corrections.find(({ entry: of, revision }) => of === one.entry && revision === one.revision + 1);
  return words({ ...one.was, source: entry.source }, next?.was ?? entry).join('; ');
}
