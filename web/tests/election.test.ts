import { describe, expect, it } from 'vitest';
import type { Vote } from '$lib/sections.ts';
import { marksOf, NOBODY, said } from '$lib/voting/marks.ts';

const vote = {
  answers: ['a1', 'a2', 'a10'].map((answer) => ({ answer, text: answer, means: 'other' })),
  election: { least: 1, most: 2, seats: 1 },
} as unknown as Vote;

describe('the ballot of an election', () => {
  it('W105: has one word for one content, in the order of the paper', () => {
    expect(said(vote, ['a10', 'a1'])).toBe('a1,a10');
    expect(marksOf('a1,a10')).toEqual(['a1', 'a10']);
    expect(marksOf(NOBODY)).toEqual([]);
  });
  it('W105: is not ready with too few or too many marks', () => {
    expect(said(vote, [])).toBeNull();
    expect(said(vote, ['a1', 'a2', 'a10'])).toBeNull();
    expect(said({ ...vote, election: { least: 0, most: 2, seats: 1 } }, [])).toBe(NOBODY);
  });
});
