/**
 * Who could cast a ballot if a vote were opened now (W114), as the server sees seats and consoles.
 *
 * Rules: it decides nothing; who stands on the roll is settled at the opening (A2). Somebody stands out when opening now would count
 * them, and they could not vote; or when the roll says that they are away while they sit there.
 */
import { hasText, t } from '$lib/i18n/texts.svelte.ts';

export interface ReadyLine {
  person: string;
  name: string;
  standing: 'ready' | 'unready' | 'represented' | 'away';
  /** A word for what is in the way; empty when nothing is. */
  why: string;
  seat: string;
  /** Who casts it for them; a seat is not told. */
  holder?: string;
}

export interface Ready {
  entitled: number;
  present: number;
  able: number;
  represented: number;
  recused: number;
  /** At a seat: nobody but who could not vote. */
  people: ReadyLine[];
  /** How many more could not, besides those named (W126). */
  more?: number;
}

/** A vote that is written down, or the kind and the item of one that is being written. */
export type Asked = { vote: string } | { kind: string; item: string };

/** Asks the server, from wherever this is; throws `Failure`. */
export type Look = (asked: Asked, signal?: AbortSignal) => Promise<Ready>;

const SEATED = '_seated';

/** Whom the chair is asked about before the opening. */
export function standOut({ people }: Ready): ReadyLine[] {
  return people.filter(({ standing, why }) => standing === 'unready' || why.endsWith(SEATED));
}

/** People with the same in the way: what that is, what to do about it, and who. */
export interface Group {
  why: string;
  hint: string;
  people: ReadyLine[];
}

/** In the order of the list, so that the first of it stays first. */
export function grouped(lines: readonly ReadyLine[]): Group[] {
  return [...new Set(lines.map(({ why }) => why))].map((why) => ({ ...words(why), people: lines.filter((line) => line.why === why) }));
}

function words(why: string): { why: string; hint: string } {
  if (why.endsWith(SEATED)) {
    const presence = t(`voting.ready.why.${why.slice(0, -SEATED.length)}`);
    return { why: t('voting.ready.why.seated', { presence }), hint: t('voting.ready.do.seated') };
  }
  const hint = `voting.ready.do.${why}`;
  return { why: t(`voting.ready.why.${why}`), hint: hasText(hint) ? t(hint) : '' };
}
