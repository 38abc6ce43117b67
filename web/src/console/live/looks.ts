/**
 * How each seat looks on the plan while a meeting goes on: present, away, offline, speaking, voted.
 *
 * Rules: one look a seat, what matters most first: who has the floor; while a vote runs who has voted (never how – of a secret vote
 * that a ballot was given, as the roll says it); a terminal that is gone or behind; who is away by the roll; who is here. A look is a
 * colour, a sign and a word together, and the list beside the plan says the word, too.
 */
import type { Attendance, Speaking, Vote } from '$lib/sections.ts';
import { isRunning } from '$lib/sections.ts';
import type { SeatState, WatchedSeat } from '../meeting/seats.ts';

export type Look = SeatState | 'speaking' | 'voted' | 'away';
/** In the order of the legend. */
export const LOOKS: readonly Look[] = ['here', 'speaking', 'voted', 'away', 'online', 'behind', 'offline', 'none', 'asking'];

export interface Now {
  attendance: readonly Attendance[];
  votes: readonly Vote[];
  speaking: Speaking | null | undefined;
}

/** Whoever has the floor, who has voted in the vote that runs, and who is where by the roll; by person. */
export function marks(now: Now): Map<string, 'speaking' | 'voted' | 'away' | 'there'> {
  const found = new Map<string, 'speaking' | 'voted' | 'away' | 'there'>();
  for (const { person, presence } of now.attendance) found.set(person, ['present', 'late', 'returned'].includes(presence) ? 'there' : 'away');
  for (const line of now.votes.find(isRunning)?.roll ?? []) if (line.voted) found.set(line.person, 'voted');
  const turn = now.speaking?.speeches.find(({ state }) => state === 'speaking');
  if (turn) found.set(turn.person, 'speaking');
  return found;
}

export function lookOf(seat: WatchedSeat, found: ReadonlyMap<string, string>): Look {
  const mark = seat.member ? found.get(seat.member.person) : undefined;
  if (mark === 'speaking' || mark === 'voted') return mark;
  if (seat.state === 'offline' || seat.state === 'behind') return seat.state;
  if (mark === 'away') return 'away';
  return mark === 'there' ? 'here' : seat.state;
}
