/** What is said before a meeting, as the server tells it to this reader (docs/API.md), and how it is put together for a page. */
import type { AgendaItem, Phase } from '$lib/sections.ts';

export const MOST = 4000;
export const MOST_ABOUT = 500;
export const MOST_MINUTES = 60;

export type Kind = 'comment' | 'question';
export type Readers = 'all' | 'leaders';
export interface Answer {
  text: string;
  person: string;
  name: string;
  at: string;
}
interface OnItem {
  item: string;
  /** Empty when the item is not on the agenda any more. */
  item_number: string;
  item_title: string;
}
export interface Remark extends OnItem {
  remark: string;
  paper: string | null;
  paper_title: string;
  /** 0: none. */
  page: number;
  kind: Kind;
  readers: Readers;
  text: string;
  person: string;
  name: string;
  position: string;
  unit: string;
  written_at: string;
  changed_at: string | null;
  revision: number;
  answer: Answer | null;
  mine: boolean;
  may_change: boolean;
  may_answer: boolean;
}
export type WishState = 'asked' | 'accepted' | 'refused' | 'withdrawn' | 'gone';
export interface Advance extends OnItem {
  advance: string;
  person: string;
  name: string;
  position: string;
  unit: string;
  about: string;
  minutes: number;
  asked_at: string;
  state: WishState;
  reason: string;
  /** It stands in the queue, or did. */
  joined: boolean;
  here: boolean;
  may_come: boolean;
  mine: boolean;
  may_withdraw: boolean;
  may_decide: boolean;
  may_hand_in: boolean;
}
export interface Board {
  meeting: string;
  title: string;
  phase: Phase;
  remarks: Remark[];
  advances: Advance[];
  may_write: boolean;
  may_ask: boolean;
  may_lead: boolean;
}
/** What the second of two who wrote at once is shown. */
export interface Newer {
  revision: number;
  text: string;
  answer: string;
  name: string;
}
/** A meeting on the first page. */
export interface Waiting {
  meeting: string;
  title: string;
  starts_at: string;
  room_name: string;
  phase: Phase;
  member: boolean;
  questions: number;
  requests: number;
}

export interface Group {
  item: string;
  number: string;
  title: string;
  remarks: Remark[];
  advances: Advance[];
}

/** By item in the order of the agenda; what stands on items that are gone comes last, under their own. */
export function groups(board: Pick<Board, 'remarks' | 'advances'>, agenda: readonly Pick<AgendaItem, 'item' | 'number' | 'title'>[]): Group[] {
  const of = (item: string, number: string, title: string): Group => ({
    item,
    number,
    title,
    remarks: board.remarks.filter((one) => one.item === item),
    advances: board.advances.filter((one) => one.item === item),
  });
  const known = agenda.map((one) => of(one.item, one.number, one.title));
  const rest = new Map<string, OnItem>();
  for (const one of [...board.remarks, ...board.advances]) {
    if (!agenda.some(({ item }) => item === one.item)) rest.set(one.item, one);
  }
  return [...known, ...[...rest.values()].map((one) => of(one.item, one.item_number, one.item_title))];
}

/** Questions that nobody has answered. */
export const unanswered = (remarks: readonly Remark[]): number => remarks.filter((one) => one.kind === 'question' && one.answer === null).length;

/** How a request stands, in the words of `before.speak.state`. */
export const standing = (one: Advance): WishState | 'joined' => (one.joined ? 'joined' : one.state);

export function tone(one: Advance): 'neutral' | 'good' | 'bad' | 'warn' | 'accent' {
  const now = standing(one);
  if (now === 'accepted' || now === 'joined') return 'good';
  return now === 'refused' ? 'bad' : now === 'asked' ? 'warn' : 'neutral';
}

/** The ids of an item's open requests with one of them moved; null when it cannot be. */
export function reordered(advances: readonly Advance[], advance: string, by: -1 | 1): string[] | null {
  const open = advances.filter((one) => !one.joined && (one.state === 'asked' || one.state === 'accepted')).map((one) => one.advance);
  const at = open.indexOf(advance);
  const to = at + by;
  if (at < 0 || to < 0 || to >= open.length) return null;
  open.splice(at, 1);
  open.splice(to, 0, advance);
  return open;
}

/** Why nothing can be sent, as a key of the words; null when something can. */
export function hindrance(board: Board, leads: boolean): 'not_yet' | 'ended' | 'over' | 'over_lead' | 'no_right' | null {
  if (board.may_write) return null;
  if (board.phase === 'draft' || board.phase === 'submitted') return 'not_yet';
  if (board.phase === 'closed' || board.phase === 'locked') return 'ended';
  if (board.phase !== 'approved') return leads && board.may_lead ? 'over_lead' : 'over';
  return leads ? null : 'no_right';
}
