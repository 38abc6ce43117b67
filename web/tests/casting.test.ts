import { describe, expect, it } from 'vitest';
import { Casting } from '../src/seat/voting/casting.svelte.ts';
import type { Seat } from '../src/seat/seat.svelte.ts';
import type { Act } from '../src/seat/sections.ts';
import type { Vote } from '$lib/sections.ts';
import { vectors } from './files.ts';

const golden = vectors<{ votes: Vote[] }>('ballots').votes[0]!;
const OWN = 'u-aaaaaaaaaaaaaaaa';
const AWAY = 'u-bbbbbbbbbbbbbbbb';
const VOTE = 'v-aaaaaaaaaaaaaaaa';
const vote: Vote = { ...golden, vote: VOTE, state: 'open', receipts: [] };

/** A seat without a network whose outbox holds these ballots; the page was loaded anew, and sent none of them itself. */
function waiting(...acts: Partial<Act>[]): Seat {
  return { online: false, now: { acts: acts.map((act) => ({ act: 'a-1', kind: 'vote_cast', state: 'queued', code: '', vote: VOTE, ...act })) } } as unknown as Seat;
}

describe('W107 ballots that wait for the network', () => {
  it('wait for the person whose they are, and for nobody else who votes at this seat', () => {
    const seat = waiting({ whose: AWAY });
    expect(new Casting(seat, VOTE, OWN).standing(vote)).toBe('choosing');
    expect(new Casting(seat, VOTE, AWAY).standing(vote)).toBe('queued');
  });
  it('are those of this vote', () => {
    const seat = waiting({ whose: OWN, vote: 'v-bbbbbbbbbbbbbbbb' });
    expect(new Casting(seat, VOTE, OWN).standing(vote)).toBe('choosing');
  });
  it('are found by both after the page was loaded anew', () => {
    const seat = waiting({ act: 'a-1', whose: OWN }, { act: 'a-2', whose: AWAY, state: 'sent' });
    expect([OWN, AWAY].map((person) => new Casting(seat, VOTE, person).standing(vote))).toEqual(['queued', 'queued']);
  });
});
