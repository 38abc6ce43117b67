/** What the ballot of an election says, as `wire/election_marks.py` writes it (W105): one word for one content. */
import type { Vote } from '../sections.ts';

/** A ballot that marks nobody. */
export const NOBODY = 'none';

/** The word of these marks, in the order of the ballot paper; null while they are too few or too many. */
export function said(vote: Vote, marks: readonly string[]): string | null {
  const { least, most } = vote.election!;
  const found = vote.answers.map(({ answer }) => answer).filter((answer) => marks.includes(answer));
  if (found.length < least || found.length > most) return null;
  return found.join(',') || NOBODY;
}

export function marksOf(word: string): string[] {
  return word === NOBODY ? [] : word.split(',');
}
