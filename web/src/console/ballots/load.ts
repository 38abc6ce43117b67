/** Ballots at a console, fetched when somebody has one to cast. */
import { useTexts } from '$lib/i18n/texts.svelte.ts';
import { isRunning, type Vote } from '$lib/sections.ts';

export const loadBallots = async () => (await Promise.all([import('./Ballots.svelte'), useTexts('voting')]))[0].default;
export const loadRunningVote = async () => (await Promise.all([import('./RunningVote.svelte'), useTexts('voting')]))[0].default;

/** Whether the person may cast a ballot of this vote: their own, or one that was entrusted to them. */
export function hasBallot(vote: Vote, me: string): boolean {
  return vote.roll.some(({ person, present, by }) => (person === me && present) || by === me);
}

/** The open vote that waits for this person, whatever they look at. */
export function waitingVote(votes: readonly Vote[], me: string): Vote | undefined {
  return votes.find((vote) => vote.kind === 'open' && isRunning(vote) && hasBallot(vote, me));
}
