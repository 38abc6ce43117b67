/** What is asked of the search, and where its results lead. */
export type Kind = 'meeting' | 'item' | 'paper' | 'conclusion' | 'letter' | 'minutes' | 'remark';
/** Pieces of a text: each with whether it is what was looked for. */
export type Marked = [text: string, isHit: boolean][];

export interface Result {
  kind: Kind;
  meeting: { id: string; title: string; type: string; phase: string; starts_at: string | null };
  ref: string;
  version: number;
  /** A paper that was taken back: there is its title, and nothing to open. */
  recalled?: boolean;
  /** 0: the title. */
  page: number;
  more_pages: number;
  title: Marked;
  excerpt: Marked;
}

export interface Answer {
  total: number;
  /** Meetings that are still to be read; null: the server has just begun. */
  waiting: number | null;
  results: Result[];
}

export interface Asked {
  words: string;
  kind: '' | Kind;
  /** `2026-11-22`, or ''. */
  since: string;
  until: string;
}

export const KINDS: readonly Kind[] = ['meeting', 'item', 'paper', 'conclusion', 'letter', 'minutes', 'remark'];
/** Fewer letters are not looked for. */
export const LEAST = 2;

/** Whether there is enough to look for. */
export function isEnough(words: string): boolean {
  return (words.match(/[\p{L}\p{N}]/gu) ?? []).length >= LEAST;
}

/** The address of the question. */
export function request(asked: Asked, offset = 0): string {
  const query = new URLSearchParams({ q: asked.words });
  for (const [name, value] of [['kind', asked.kind], ['from', asked.since], ['to', asked.until]] as const) if (value) query.set(name, value);
  if (offset > 0) query.set('offset', String(offset));
  return `/api/search?${query}`;
}

/** Where a result is shown. */
export function pathOf(result: Result): string {
  const meeting = `/meetings/${result.meeting.id}`;
  if (result.kind === 'meeting') return meeting;
  if (result.kind === 'item' || result.kind === 'conclusion') return `${meeting}/agenda`;
  if (result.kind === 'minutes') return `${meeting}/minutes`;
  if (result.kind === 'remark') return `${meeting}/before`;
  if (result.recalled) return `${meeting}/papers`;
  return `${meeting}/papers/${result.ref}${result.page > 1 ? `/${result.page}` : ''}`;
}

/** What a result is called: an item and what was concluded of it are one row, and say so where the item's title has the words, too. */
export const nameOf = ({ kind, title }: Result): Kind | 'both' => (kind === 'conclusion' && title.some(([, isHit]) => isHit) ? 'both' : kind);

/** The signed file itself, of what has no screen of its own for everybody. */
export const fileOf = (result: Result): string | null => (result.kind === 'letter' ? `/api/meetings/${result.meeting.id}/letters/${result.ref}/file` : null);

/** One result, whatever it is. */
export const keyOf = (result: Result): string => `${result.kind} ${result.meeting.id} ${result.ref}`;
