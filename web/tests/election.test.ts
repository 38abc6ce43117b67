import { describe, expect, it } from 'vitest';
import type { Vote } from '$lib/sections.ts';
import { marksOf, NOBODY, said } from '$lib/voting/marks.ts';
import { onWall, type Ranked } from '$lib/voting/words.ts';

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

describe('W106 an election on the wall', () => {
  const rows = (elected: number, tied: number, others: number): Ranked[] =>
    Array.from({ length: elected + tied + others }, (_, at) => ({
      answer: `a${at}`,
      text: `Người ${at}`,
      votes: 50 - at,
      hundredths: 0,
      elected: at < elected,
      tied: at >= elected && at < elected + tied,
    }));
  it('leaves out nobody who is elected or tied for others, and nobody where there is room', () => {
    expect(onWall(rows(3, 0, 2))).toHaveLength(5);
    expect(onWall(rows(3, 0, 40))).toHaveLength(10);
    expect(onWall(rows(12, 2, 31)).filter(({ elected, tied }) => elected || tied)).toHaveLength(14);
    expect(onWall(rows(12, 2, 31))).toHaveLength(14);
    expect(onWall(rows(40, 0, 5))).toHaveLength(15);
  });
});
