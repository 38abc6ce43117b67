/**
 * What a member's own part in speaking is, at a seat and at a console: their requests, what they may ask for, their time, their turn.
 *
 * Rules: all of it is read from the sections; nothing is offered that the server would refuse, and what is not offered has a reason (S1).
 *
 *     const own = ownOf(now, me, item?.item);
 *     own.standing, own.kinds, hindrance(now, me, item)
 */
import type { AgendaItem, MeetingSections, Speaking, Speech, SpeechKind } from '../sections.ts';
import { KINDS } from './kinds.ts';
import { myTurn } from './mine.ts';
import { mine, spentSeconds, stands } from './turns.ts';

type Known = Partial<Pick<MeetingSections, 'meeting' | 'members' | 'agenda' | 'speaking'>>;

export interface Own {
  /** On the item that is looked at, the oldest last. */
  standing: Speech[];
  /** Waiting on other items. */
  ahead: Speech[];
  /** What may still be handed in in writing (S4): refused, or gone by without a turn. */
  unsaid: Speech[];
  /** The ways of speaking that were not asked for yet. */
  kinds: SpeechKind[];
}

const ENDED = ['closed', 'locked', 'cancelled'];

/** `item`: the one that is looked at. */
export function ownOf(now: Known, person: string, item: string | undefined): Own {
  const gone = (speech: Speech): boolean =>
    ENDED.includes(now.meeting?.phase ?? '') || now.agenda?.find((each) => each.item === speech.item)?.state === 'done';
  const all = mine(now.speaking, person);
  const missed = all.filter((each) => each.state === 'waiting' && gone(each));
  const live = all.filter((each) => stands(each) && !missed.includes(each));
  const standing = live.filter((each) => each.item === item);
  return {
    standing,
    ahead: live.filter((each) => each.item !== item && each.state === 'waiting'),
    unsaid: all.filter((each) => each.state === 'refused' || each.state === 'written' || missed.includes(each)),
    kinds: KINDS.filter((kind) => !standing.some((each) => each.kind === kind)),
  };
}

/** Why a person cannot ask to speak on an item; the same reasons as the server's. */
export type Hindrance = 'ended' | 'replaced' | 'not_granted' | 'no_item' | 'recused' | 'item_over';

export function hindrance(now: Known, person: string, item: AgendaItem | undefined): Hindrance | null {
  const member = now.members?.find((each) => each.person === person);
  if (ENDED.includes(now.meeting?.phase ?? '')) return 'ended';
  if (member?.may_speak === false) return member.replaced_by ? 'replaced' : 'not_granted';
  if (!item) return 'no_item';
  const agenda = now.agenda ?? [];
  // Who leaves an item leaves everything below it (W90).
  for (let at: AgendaItem | undefined = item; at; at = agenda.find((each) => each.item === at!.parent)) {
    if (at.recused?.includes(person)) return 'recused';
  }
  return item.state === 'done' ? 'item_over' : null;
}

/** Turns and seconds a person has had over the rules' span, the turn that goes on counted until now. */
export function hadOf(speaking: Speaking, person: string, now: number): { turns: number; seconds: number } {
  const sum = speaking.people.find((each) => each.person === person);
  const turn = myTurn(speaking, person);
  // Points of order and answers count for nobody's time (W95).
  const counts = turn !== undefined && turn.since !== null && (turn.kind === 'speech' || turn.kind === 'question');
  const running = counts ? spentSeconds(turn, now) - turn.spent_ms / 1000 : 0;
  return { turns: sum?.turns ?? 0, seconds: (sum?.ms ?? 0) / 1000 + running };
}
