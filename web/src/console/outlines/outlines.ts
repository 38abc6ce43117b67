/** Types, templates and series of meetings, as the server tells of them (docs/API.md), and what a new meeting begins with. */
import type { MeetingSections, MemberRole, Quorum, Share } from '$lib/sections.ts';
import type { Row } from '../meeting/agenda.ts';
import { choiceOf, HOUSE } from '../meeting/rule.ts';
import { newId } from '$lib/wire/ids.ts';

export interface Step {
  title: string;
  minutes: number;
  visibility: Row['visibility'];
  depth: number;
  presenter: string | null;
}
export interface Content {
  type: string;
  minutes: number;
  title: string;
  room: string | null;
  roll: { by_self: boolean; quorum: Share | null } | null;
  steps: Step[];
  people: { person: string; name: string; role: MemberRole; seat: string | null }[];
}
export interface Outline {
  outline: string;
  kind: 'type' | 'template';
  name: string;
  revision: number;
  changed_at: string;
  content: Content;
}

/** What a new meeting takes from: one of these or nothing. */
export type From = 'none' | 'type' | 'template' | 'meeting';
export const FROM: readonly From[] = ['none', 'type', 'template', 'meeting'];

export type Rule = 'once' | 'weekly' | 'monthly-date' | 'monthly-weekday';
export const RULES: readonly Rule[] = ['once', 'weekly', 'monthly-date', 'monthly-weekday'];
export type Move = 'after' | 'before' | 'keep';
export const MOVES: readonly Move[] = ['after', 'before', 'keep'];
/** More are not made at once. */
export const MOST = 60;

export interface Day {
  counted: string;
  day: string;
  off: boolean;
  moved: boolean;
  twice: boolean;
  starts_at: string;
  taken_by: string;
}

/** How much there is to take. */
export interface Taken {
  title: string;
  type: string;
  room: string;
  minutes: number;
  rule: string;
  by_self: boolean;
  people: number;
  items: number;
}

export function takenOf({ content }: Outline): Taken {
  const { title, type, room, minutes, roll, people, steps } = content;
  const rule = roll === null ? HOUSE : choiceOf({ rule: roll.quorum } as Quorum);
  return { title, type, room: room ?? '', minutes, rule, by_self: roll?.by_self ?? true, people: people.length, items: steps.length };
}

export function takenFrom({ meeting, members, agenda, quorum }: MeetingSections): Taken {
  return {
    title: meeting.title,
    type: meeting.type,
    room: meeting.room,
    minutes: meeting.planned_minutes,
    rule: choiceOf(quorum),
    by_self: quorum?.by_self ?? true,
    people: members.filter((member) => !member.stands_for).length,
    items: agenda.length,
  };
}

/** The agenda of an outline as rows that can be changed, and back. */
export const toRows = (steps: readonly Step[]): Row[] => steps.map((step) => ({ item: newId('i'), ...step }));
export const toSteps = (rows: readonly Row[]): Step[] =>
  rows.map(({ title, minutes, visibility, depth, presenter }) => ({ title: title.trim(), minutes, visibility, depth, presenter }));

export const whole = (text: string, low: number, high: number): number | null => {
  const found = /^\d{1,4}$/.test(text.trim()) ? Number(text) : NaN;
  return found >= low && found <= high ? found : null;
};
