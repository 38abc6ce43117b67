/** What a ballot is bound to (W67), computed as `wire/ballots.py` does: the voter's screen checks by it what the log has taken. */
import { encode } from './canonical.ts';
import { hex, sha256 } from './events.ts';

export interface Ballot {
  meeting: string;
  vote: string;
  person: string;
  answer: string;
  /** 32 random bytes of this screen, in hexadecimal. */
  nonce: string;
  /** SHA-256 of what the voter signed; empty in an open vote. */
  statement: string;
}

export function newNonce(random: Uint8Array = crypto.getRandomValues(new Uint8Array(32))): string {
  return hex(random);
}

export async function commitment({ meeting, vote, person, answer, nonce, statement }: Ballot): Promise<string> {
  return sha256('phonghop/v1/ballot\0', encode({ v: 1, meeting, vote, person, answer, nonce, statement }));
}
