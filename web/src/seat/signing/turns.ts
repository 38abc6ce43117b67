/**
 * How a round stands for the person at this seat, and how far their own signature is. Pure: what is shown follows from the sections.
 *
 *     const turn = turnOf(round, person, now);
 *     if (turn.kind === 'waits') …
 */
import type { Round, RoundSigner, SignStep } from '../sections.ts';

export type Turn =
  | { kind: 'waits' }
  /** Somebody else has the lease: for at most so many seconds. */
  | { kind: 'leased'; name: string; seconds: number }
  | { kind: 'later'; before: string }
  | { kind: 'signed'; at: string }
  | { kind: 'over' };

export function turnOf(round: Round, person: string, now: number): Turn {
  const mine = round.signers.find((signer) => signer.person === person);
  if (mine?.signed_at) return { kind: 'signed', at: mine.signed_at };
  if (round.closed_at || !mine) return { kind: 'over' };
  if (!mine.next) return { kind: 'later', before: nameOf(round, (signer) => signer.next) };
  const seconds = round.leased_until ? Math.ceil((Date.parse(round.leased_until) - now) / 1000) : 0;
  if (round.leased_by && round.leased_by !== person && seconds > 0) {
    return { kind: 'leased', name: nameOf(round, (signer) => signer.person === round.leased_by), seconds };
  }
  return { kind: 'waits' };
}

function nameOf(round: Round, which: (signer: RoundSigner) => boolean): string {
  return round.signers.find(which)?.name ?? '–';
}

export function signedCount(round: Round): number {
  return round.signers.filter((signer) => signer.signed_at).length;
}

/** What waits comes first, then what will, then what is done. */
export function inOrder(rounds: readonly Round[], person: string, now: number): Round[] {
  const rank = { waits: 0, leased: 0, later: 1, signed: 2, over: 3 } as const;
  return rounds.toSorted((a, b) => rank[turnOf(a, person, now).kind] - rank[turnOf(b, person, now).kind]);
}

export const KINDS = ['minutes', 'resolution', 'notice', 'attendance', 'invitation'];

/** The steps as a person sees them; writing the signature down is the last one going on. */
export const STEPS = ['checking', 'asking', 'signing', 'done'] as const;

export function isGoing(step: SignStep | undefined): boolean {
  return step !== undefined && step !== 'done' && step !== 'failed';
}
