/**
 * What a seat asks its person about the roll (A1): to sign, to say that they are there or back, or nothing.
 *
 *     standing({ entry, phase: 'open', canSign: false, bySelf: true }) === 'say'
 */
import type { Attendance, Phase } from '$lib/sections.ts';

export type Standing = 'none' | 'sign' | 'say' | 'signed' | 'away';

interface About {
  entry: Attendance | undefined;
  phase: Phase | undefined;
  /** The token in the reader is this person's and signs. */
  canSign: boolean;
  bySelf: boolean;
}

const KEPT: readonly (Phase | undefined)[] = ['approved', 'open', 'recess'];
const THERE: readonly Attendance['presence'][] = ['present', 'late', 'returned'];

export const isThere = (entry: Attendance | undefined): boolean => entry !== undefined && THERE.includes(entry.presence);

export function standing({ entry, phase, canSign, bySelf }: About): Standing {
  if (!KEPT.includes(phase)) return 'none';
  /* Where it was signed is said until the meeting begins; after that it is in nobody's way. */
  if (isThere(entry)) return entry!.statement && phase === 'approved' ? 'signed' : 'none';
  if (entry && bySelf) return 'away';
  if (canSign) return 'sign';
  return bySelf ? 'say' : 'none';
}
