/**
 * Tasks as the server tells of them (docs/API.md), and how the list shows them.
 *
 * Rules: the server has put the late ones first; what is chosen here only leaves some out. Words are looked for without accents.
 */
import { fold } from '$lib/fold.ts';
import type { Account } from '../types.ts';

export type Stage = 'given' | 'accepted' | 'doing' | 'reported' | 'returned' | 'confirmed' | 'dropped';
export type Side = 'giver' | 'desk' | 'lead' | 'head' | 'helper' | 'reader';
export type Move =
  | 'edit' | 'drop' | 'accept' | 'progress' | 'report' | 'confirm' | 'return' | 'urge' | 'ask' | 'extend' | 'refuse' | 'name' | 'note' | 'file' | 'refer';

export interface Named {
  id: string;
  name: string;
}
export interface Party extends Named {
  kind: 'person' | 'unit';
  head?: Named | null;
}
export interface Task {
  id: string;
  title: string;
  lead: Party;
  helpers: Party[];
  /** A day in Viet Nam. */
  due: string;
  stage: Stage;
  percent: number;
  overdue: boolean;
  late: boolean;
  giver: Named;
  sides: Side[];
  extension: { number: number; until: string } | null;
  reported_on: string | null;
  meeting: { id: string; title: string; starts_at: string | null; item: { item: string; number: string; title: string } | null } | null;
  changed_at: string;
  /** The item of the agenda it stands under, of a meeting's own list. */
  stands?: string;
}
export interface Line {
  number: number;
  at: string;
  by: string;
  move: Move | 'give';
  text: string;
  more: { readonly [key: string]: unknown };
}
export interface WholeTask extends Task {
  detail: string;
  revision: number;
  report: number;
  conclusion: string | null;
  answers: Named | null;
  nameable: Named[];
  moves: Move[];
  lines: Line[];
  files: { number: number; name: string; pages: number }[];
}
export interface MyTasks {
  tasks: Task[];
  today: string;
}
export interface MeetingTasks extends MyTasks {
  taken: Task[];
  left: Task[];
}
export interface Giving {
  title: string;
  detail: string;
  lead: string;
  helpers: string[];
  due: string;
}

export const PARTS = ['all', 'lead', 'helper', 'giver'] as const;
export type Part = (typeof PARTS)[number];
export const SHOWS = ['open', 'overdue', 'waits', 'over', 'every'] as const;
export type Show = (typeof SHOWS)[number];

const OVER: readonly Stage[] = ['confirmed', 'dropped'];
export const isOpen = (task: Task): boolean => !OVER.includes(task.stage);

/** Whether somebody has to do something next: take it on, report, decide. */
export function isMyTurn(task: Task): boolean {
  if (!isOpen(task)) return false;
  const decides = task.sides.includes('giver') && (task.stage === 'reported' || task.extension !== null);
  return decides || (task.sides.includes('lead') && task.stage !== 'reported');
}

function isOf(task: Task, part: Part): boolean {
  if (part === 'all') return true;
  if (part === 'lead') return task.sides.includes('lead') || task.sides.includes('head');
  if (part === 'giver') return task.sides.includes('giver') || task.sides.includes('desk');
  return task.sides.includes('helper');
}

const SHOWN: Record<Show, (task: Task) => boolean> = {
  open: isOpen,
  overdue: (task) => task.overdue,
  waits: isMyTurn,
  over: (task) => !isOpen(task),
  every: () => true,
};

/** What is left of the list. */
export function chosen(tasks: readonly Task[], part: Part, show: Show, words: string): Task[] {
  const wanted = fold(words).split(/\s+/).filter(Boolean);
  return tasks.filter((task) => {
    const text = fold([task.title, task.lead.name, ...task.helpers.map((one) => one.name), task.meeting?.title ?? ''].join(' '));
    return isOf(task, part) && SHOWN[show](task) && wanted.every((word) => text.includes(word));
  });
}

/** A tone for each stage; the words say the same. */
export function tone(task: Task): 'neutral' | 'good' | 'bad' | 'warn' | 'accent' {
  if (task.overdue) return 'bad';
  return ({ given: 'warn', accepted: 'accent', doing: 'accent', reported: 'warn', returned: 'warn', confirmed: 'good', dropped: 'neutral' } as const)[task.stage];
}

/** Days from `today` until `due`; negative when it is over. */
export function daysLeft(due: string, today: string): number {
  return Math.round((Date.parse(`${due}T00:00:00Z`) - Date.parse(`${today}T00:00:00Z`)) / 86_400_000);
}

/** A day as Viet Nam writes it. */
export const dayOf = (day: string): string => day.split('-').toReversed().join('/');

export interface Unit extends Named {
  path: string;
  closed: boolean;
  head: Named | null;
}
/** Units and people whom a task can be given to, by what is typed: without accents, units first. */
export function parties(units: readonly Unit[], people: readonly Account[], typed: string): (Party & { about: string })[] {
  const words = fold(typed).split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const all = [
    ...units
      .filter((unit) => !unit.closed && unit.head !== null)
      .map((unit) => ({ id: unit.id, kind: 'unit' as const, name: unit.name, head: unit.head, about: [unit.path, unit.head?.name].filter(Boolean).join(' · ') })),
    ...people
      .filter((person) => !person.disabled)
      .map((person) => ({ id: person.id, kind: 'person' as const, name: person.name, about: [person.position, person.unit].filter(Boolean).join(' · ') })),
  ];
  return all.filter((one) => words.every((word) => fold(`${one.name} ${one.about}`).includes(word)));
}
