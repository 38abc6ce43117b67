/** Papers that a meeting asks somebody for, as the server tells of them (docs/API.md), and how each is shown. */
import type { Phase, Secrecy } from '$lib/sections.ts';

export type Standing = 'asked' | 'submitted' | 'returned' | 'approved' | 'withdrawn';

export interface HandedIn {
  paper: string;
  title: string;
  version: number;
  pages: number;
  secrecy: Secrecy;
  owner: string;
}
export interface Line {
  request: string;
  item: string;
  /** Empty when the item is not on the agenda any more. */
  item_number: string;
  item_title: string;
  person: string | null;
  unit: string | null;
  name: string;
  what: string;
  /** A day, `2026-11-24`. */
  until: string;
  standing: Standing;
  overdue: boolean;
  days_left: number;
  late: boolean;
  handed_in_at: string | null;
  asked_at: string;
  revision: number;
  reminders: number;
  reminded_at: string | null;
  reason: string;
  paper: HandedIn | null;
}
export interface Mine extends Line {
  meeting: string;
  title: string;
  starts_at: string;
  room_name: string;
  phase: Phase;
}
export interface Board {
  requests: Line[];
  counts: Record<Standing | 'overdue', number>;
  today: string;
  /** Until when papers are in time by the house's rule. */
  papers_until: string | null;
  last_day: string | null;
  may: boolean;
  decides: boolean;
}

export type Shown = 'all' | 'overdue' | 'asked' | 'returned' | 'submitted' | 'approved' | 'withdrawn';
export const SHOWN: readonly Shown[] = ['all', 'overdue', 'asked', 'returned', 'submitted', 'approved', 'withdrawn'];

export const waits = (line: Line): boolean => line.standing === 'asked' || line.standing === 'returned';

/** The paper that a file becomes the next version of; null: it is a paper of its own, with title and secrecy (W138). */
export const replaced = ({ paper, standing }: Line): string | null =>
  paper === null || (standing === 'returned' && paper.pages === 0) ? null : paper.paper;

/** Those of a filter, what is late first, then by day; what was withdrawn is only seen where it is asked for. */
export function shown(lines: readonly Line[], filter: Shown): Line[] {
  const of = (line: Line): boolean => {
    if (filter === 'all') return line.standing !== 'withdrawn';
    return filter === 'overdue' ? line.overdue : line.standing === filter;
  };
  const rank = (line: Line): number => (line.overdue ? 0 : waits(line) ? 1 : line.standing === 'submitted' ? 2 : 3);
  return lines.filter(of).toSorted((a, b) => rank(a) - rank(b) || a.until.localeCompare(b.until) || a.what.localeCompare(b.what, 'vi'));
}

/** How many a filter shows. */
export function count(board: Board, filter: Shown): number {
  return filter === 'all' ? board.requests.length - board.counts.withdrawn : board.counts[filter];
}

/** A tone for how it stands; the words say the same. */
export function tone(line: Line): 'good' | 'warn' | 'bad' | 'neutral' | 'accent' {
  if (line.overdue || line.standing === 'returned') return 'bad';
  return line.standing === 'approved' ? 'good' : line.standing === 'submitted' ? 'accent' : line.days_left <= 1 && line.standing === 'asked' ? 'warn' : 'neutral';
}

/** The key of the words about the day. */
export function when(line: Line): 'late' | 'over' | 'today' | 'tomorrow' | 'left' | 'until' {
  if (line.late) return 'late';
  if (!waits(line)) return 'until';
  if (line.overdue) return 'over';
  return line.days_left === 0 ? 'today' : line.days_left === 1 ? 'tomorrow' : 'left';
}

/** What is wrong with a day that papers are asked until, or only unwise; null when nothing is. */
export function doubt(day: string, board: Pick<Board, 'today' | 'papers_until' | 'last_day'>): 'missing' | 'past' | 'after' | 'short' | null {
  if (day === '') return 'missing';
  if (day < board.today) return 'past';
  if (board.last_day !== null && day > board.last_day) return 'after';
  return board.papers_until !== null && day > board.papers_until ? 'short' : null;
}
