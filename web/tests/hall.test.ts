import { cleanup, render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { useTexts } from '$lib/i18n/texts.svelte.ts';
import type { Meaning, Member, Vote } from '$lib/sections.ts';
import { hall, isDrawn, type Mark, radius, signOf } from '$lib/voting/hall.ts';
import WallVote from '../src/display/WallVote.svelte';

const PEOPLE = 14;
const plan = Array.from({ length: 12 }, (_, n) => ({ id: `s-${n}`, label: `A${n + 1}`, x: 50 + 75 * n, y: 400 }));
const member = (n: number, more: Partial<Member> = {}): Member =>
  ({ person: `u-${n}`, name: `Nguyễn Thị Phương Thảo Nguyên ${n} (demo)`, seat: `s-${n}`, seat_label: `A${n + 1}`, signed_in: false, ...more }) as Member;
const members = Array.from({ length: PEOPLE }, (_, n) => member(n, n >= 12 ? { seat: null } : {}));
const APPROVE = [
  { answer: 'for', text: 'Tán thành', means: 'for' },
  { answer: 'against', text: 'Không tán thành', means: 'against' },
  { answer: 'abstain', text: 'Không biểu quyết', means: 'abstain' },
] as { answer: string; text: string; means: Meaning }[];

function vote(more: object = {}): Vote {
  const answers = ['for', 'against', 'abstain'];
  const base = {
    vote: 'b-1', kind: 'open', state: 'announced', question: 'Thông qua? (demo)', answers: APPROVE, election: null, weights: [], recused: 0,
    rule: { base: 'present', majority: { num: 1, den: 2, more: true }, quorum: null, tie: 'fails' },
    turnout: { entitled: PEOPLE, present: 13, cast: 12 },
    roll: members.map(({ person, name }, n) => ({ person, name, weight: 1, present: n !== 3, voted: n !== 3 && n !== 4, by: null })),
    ballots: members.filter((_, n) => n !== 3 && n !== 4).map(({ person }, n) => ({ person, answer: answers[n % 3]!, statement: '' })),
    result: {
      counts: answers.map((answer) => ({ answer, votes: 4, people: 4, hundredths: 3076 })), sums: {}, favour: 4, against: 4, of: 13, need: 7, hundredths: 3076,
      quorum: { present: 13, of: 14, need: 0, met: true }, tie: false, chair: null, outcome: 'rejected', elected: [], tied: [],
    },
  }; // prettier-ignore
  return { ...base, ...more } as unknown as Vote;
}
const at = (found: ReturnType<typeof hall>, seat: string): Mark | undefined => found?.spots.find(({ id }) => id === seat)?.mark;

describe('W67 where in the room which answer was given', () => {
  it('stands at every seat, and everybody on the roll who was there is in it once', () => {
    const found = hall(vote(), members, plan)!;
    expect([at(found, 's-0'), at(found, 's-3'), at(found, 's-4'), at(found, 's-5')]).toEqual([{ answer: 'for' }, { without: 'absent' }, { without: 'silent' }, { answer: 'for' }]);
    expect(found.rest.map(({ name }) => name)).toEqual([members[12]!.name, members[13]!.name]);
    expect(found.spots.length + found.rest.length).toBe(PEOPLE);
  });

  it('V8 is never drawn of a secret vote, not even if ballots with names came with it', () => {
    expect(isDrawn(vote({ kind: 'secret' }))).toBe(false);
    expect(hall(vote({ kind: 'secret' }), members, plan)).toBeNull();
  });

  it('V5 is not drawn before the announcement, of an election, or of hands that were counted', () => {
    for (const more of [{ state: 'open' }, { state: 'closed' }, { election: { least: 1, most: 1, seats: 1 } }, { kind: 'hands' }, { ballots: [] }]) expect(hall(vote(more), members, plan)).toBeNull();
    expect(hall(vote(), members, [])).toBeNull();
    expect(hall(vote(), members.map((one) => ({ ...one, seat: null })), plan)).toBeNull();
  });

  it('is where a person signed in, not where they were placed, and nobody takes a seat from who sits there', () => {
    const moved = members.map((one, n) => (n === 1 ? { ...one, sits_at: 's-0' } : one));
    const found = hall(vote(), moved, plan)!;
    expect(at(found, 's-0')).toEqual({ answer: 'against' });
    expect(at(found, 's-1')).toEqual({ without: 'none' });
    expect(found.rest[0]!.name).toBe(members[0]!.name);
  });

  it('A3 puts a substitute in the place of whom they stand for', () => {
    const roll = vote().roll.map((line, n) => (n === 2 ? { ...line, person: 'u-sub', name: 'Người dự thay (demo)' } : line));
    const found = hall(vote({ roll, ballots: [{ person: 'u-sub', answer: 'against', statement: '' }] }), [...members, member(20, { person: 'u-sub', seat: null, stands_for: 'u-2' })], plan);
    expect(at(found, 's-2')).toEqual({ answer: 'against' });
  });

  it('tells answers that mean the same apart by their numbers, in the legend and on the seats', () => {
    const own = vote({ answers: [{ answer: 'a1', text: 'Một', means: 'other' }, { answer: 'a2', text: 'Hai', means: 'other' }, { answer: 'a3', text: 'Không', means: 'abstain' }] });
    expect(['a1', 'a2', 'a3'].map((one) => signOf(own, one).number)).toEqual([1, 2, 0]);
    expect(signOf(vote(), 'against').tone).toBe('bad');
  });

  it('draws seats that do not touch, and none larger than asked', () => {
    expect(radius(plan, 46)).toBeLessThan(37.5);
    expect(radius(plan.slice(0, 1), 46)).toBe(46);
  });
});

describe('F2 the result on the wall', () => {
  beforeEach(() => useTexts('common', 'display', 'voting'));
  afterEach(cleanup);
  const shown = (more: object = {}, seats = plan) => render(WallVote, { vote: vote(more), members, plan: () => Promise.resolve(seats) });

  it('says the plan in words, with a sign for every answer and the names of who has no seat', async () => {
    shown();
    const drawn = await screen.findByRole('img', { name: /Sơ đồ chỗ ngồi theo ý kiến/ });
    expect(drawn).toHaveAccessibleName(/Tán thành: 4; Không tán thành: 4; Không biểu quyết: 4; Có mặt, không gửi ý kiến: 1; Vắng mặt: 1/);
    expect(screen.getByText(members[13]!.name)).toBeVisible();
    expect(drawn.querySelectorAll('.said')).toHaveLength(10);
  });

  it('leaves out the empty rows of a large hall, so that who sits there is seen', async () => {
    const empty = Array.from({ length: 90 }, (_, n) => ({ id: `s-e${n}`, label: `E${n}`, x: 10 * n, y: 900 }));
    shown({}, [...plan, ...empty]);
    const drawn = await screen.findByRole('img', { name: /Sơ đồ chỗ ngồi/ });
    const [, top, , height] = drawn.getAttribute('viewBox')!.split(' ').map(Number);
    expect(top! + height!).toBeLessThan(500);
    expect(drawn.querySelectorAll('circle')).toHaveLength(12);
  });

  it('V8 shows numbers alone of a secret vote, and never asks for the plan', async () => {
    let asked = 0;
    render(WallVote, { vote: vote({ kind: 'secret', ballots: [], secret: { ballots: [] } }), members, plan: () => Promise.resolve((asked += 1, plan)) });
    expect(await screen.findByText('Tán thành')).toBeVisible();
    expect([asked, screen.queryByRole('img')]).toEqual([0, null]);
  });

  it('says the whole result where the plan cannot be had', async () => {
    render(WallVote, { vote: vote(), members, plan: () => Promise.reject(new Error('gone')) });
    expect(await screen.findByText('Không tán thành')).toBeVisible();
    expect(screen.queryByRole('img')).toBeNull();
  });
});
