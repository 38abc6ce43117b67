/**
 * Where in the room which answer was given: the seat plan of an announced vote (W67).
 *
 * Rules: only of a vote whose ballots are published by name – open or named – and no election, whose ballots are lists; never of a secret
 * one, whatever its data hold. A person is where they have signed in, else where they were placed; whoever stands for somebody has that
 * place. Everybody on the roll is in it once: at a seat, or among the rest. The sign of an answer is its meaning's, or its number.
 *
 *     hall(vote, members, plan)?.spots
 */
import check from 'icon:check';
import cross from 'icon:x';
import message from 'icon:message-circle-more';
import minus from 'icon:minus';
import type { Meaning, Member, Vote } from '../sections.ts';
import { numberOf, TONES } from './words.ts';

/** A seat where it stands, in thousandths of the plan. */
export interface PlanSeat {
  id: string;
  label: string;
  x: number;
  y: number;
}

/** There and sent none; not there; nobody on the roll. */
export type Without = 'silent' | 'absent' | 'none';
/** What a seat shows: an answer by its name, or why there is none. */
export type Mark = { answer: string } | { without: Without };
export interface Spot extends PlanSeat {
  mark: Mark;
}
export interface Hall {
  spots: Spot[];
  /** Who is on the roll and sits nowhere on the plan; of them those alone who were there. */
  rest: { name: string; mark: Mark }[];
}

/** A tick, a cross …, or the number of an answer that shares its meaning with another. */
export interface Sign {
  shapes: string;
  number: number;
  tone: 'good' | 'bad' | 'neutral' | 'warn';
}
const SHAPES: Record<Meaning, string> = { for: check, against: cross, abstain: minus, other: message };

export function isDrawn(vote: Vote): boolean {
  return vote.state === 'announced' && (vote.kind === 'open' || vote.kind === 'named') && !vote.election && vote.ballots.length > 0;
}

/** Null where there is nothing to draw: another kind of vote, no plan, or nobody who votes has a seat on it. */
export function hall(vote: Vote, members: readonly Member[], plan: readonly PlanSeat[]): Hall | null {
  if (!isDrawn(vote) || plan.length === 0) return null;
  const said = new Map(vote.ballots.map(({ person, answer }) => [person, answer]));
  const at = seated(vote, members, plan);
  const sitters = new Map([...at].map(([person, seat]) => [seat, person]));
  const lines = new Map(vote.roll.map((line) => [line.person, line]));
  const mark = (person: string): Mark => {
    const answer = said.get(person);
    if (answer !== undefined) return { answer };
    const line = lines.get(person);
    return { without: line?.present || line?.by ? 'silent' : 'absent' };
  };
  const spots = plan.map((seat) => {
    const sitter = sitters.get(seat.id);
    return { ...seat, mark: sitter === undefined ? ({ without: 'none' } as const) : mark(sitter) };
  });
  if (at.size === 0) return null;
  const rest = vote.roll
    .filter(({ person }) => !at.has(person))
    .map(({ person, name }) => ({ name, mark: mark(person) }))
    .filter((one) => !('without' in one.mark && one.mark.without === 'absent'));
  return { spots, rest };
}

/** Of everybody on the roll the seat, where they have one on the plan: two never share one, and whoever signed in there has it. */
function seated(vote: Vote, members: readonly Member[], plan: readonly PlanSeat[]): Map<string, string> {
  const known = new Map(members.map((member) => [member.person, member]));
  const free = new Set(plan.map(({ id }) => id));
  const found = new Map<string, string>();
  const place = (person: string, seat: string | null | undefined): void => {
    if (seat && !found.has(person) && free.delete(seat)) found.set(person, seat);
  };
  for (const { person } of vote.roll) place(person, known.get(person)?.sits_at);
  for (const { person } of vote.roll) place(person, known.get(person)?.seat);
  for (const { person } of vote.roll) place(person, known.get(known.get(person)?.stands_for ?? '')?.seat);
  return found;
}

export function same(one: Mark, other: Mark): boolean {
  return 'answer' in one ? 'answer' in other && one.answer === other.answer : 'without' in other && one.without === other.without;
}

export function signOf(vote: Vote, answer: string): Sign {
  const means = vote.answers.find((one) => one.answer === answer)?.means ?? 'other';
  const number = numberOf(vote, answer);
  return { shapes: number ? '' : SHAPES[means], number, tone: TONES[means] };
}

/** Half the width of a seat: as large as the closest pair of neighbours allows, and no larger than `most`. */
export function radius(plan: readonly PlanSeat[], most: number): number {
  let least = Infinity;
  for (const [at, one] of plan.entries()) {
    for (const other of plan.slice(at + 1)) least = Math.min(least, Math.hypot(one.x - other.x, one.y - other.y));
  }
  return Math.max(4, Math.min(most, 0.44 * least));
}
