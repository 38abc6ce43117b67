/**
 * One open ballot at a console, of one's own or entrusted (W107), from the first touch to the server's word.
 *
 * Rules: as at the seat (V5): what is chosen stays until it is sent, whoever changes what else. A ballot has one nonce and one key:
 * while nobody knows whether the server has it, the very same is sent again and nothing else can be (V4). The screen compares what the
 * log has taken with what it sent (W67).
 */
import { Failure } from '$lib/failure.ts';
import type { Vote } from '$lib/sections.ts';
import { said } from '$lib/voting/marks.ts';
import { commitment, newNonce } from '$lib/wire/ballots.ts';
import { newId } from '$lib/wire/ids.ts';
import type { MeetingDesk } from '../meeting/desk.svelte.ts';
import { session } from '../session.svelte.ts';

export type Standing = 'choosing' | 'sending' | 'unknown' | 'recorded' | 'mismatch';

export class ConsoleBallot {
  #chosen = $state<string | null>(null);
  #marks = $state.raw<readonly string[]>([]);
  #state = $state<'choosing' | 'sending' | 'unknown' | 'sent'>('choosing');
  #failure = $state.raw<Failure | null>(null);
  #expected = $state('');
  #nonce = newNonce();
  #key = newId('a');

  constructor(
    private readonly desk: MeetingDesk,
    readonly vote: string,
    readonly person: string,
  ) {}

  get chosen(): string | null {
    return this.#chosen;
  }
  get marks(): readonly string[] {
    return this.#marks;
  }
  /** Why the last try was not recorded. */
  get failure(): Failure | null {
    return this.#failure;
  }

  standing(vote: Vote): Standing {
    const receipt = vote.receipts.find(({ person }) => person === this.person)?.commitment;
    if (receipt) return this.#expected !== '' && receipt !== this.#expected ? 'mismatch' : 'recorded';
    if (this.#state === 'sent' || vote.roll.some(({ person, voted }) => voted && person === this.person)) return 'recorded';
    return this.#state;
  }

  /** The answer that the server is known to have from here; null when the ballot came another way: what was chosen here says nothing of it. */
  recorded(vote: Vote): string | null {
    const receipt = vote.receipts.find(({ person }) => person === this.person)?.commitment;
    const ours = receipt ? receipt === this.#expected : this.#state === 'sent';
    return ours ? this.#chosen : null;
  }

  choose(answer: string): void {
    if (this.#state === 'choosing') this.#chosen = answer;
  }
  mark(vote: Vote, marks: readonly string[]): void {
    if (this.#state !== 'choosing') return;
    this.#marks = marks;
    this.#chosen = said(vote, marks);
  }

  /** Throws nothing: a refusal is told in words. */
  async send(): Promise<void> {
    const answer = this.#chosen;
    if (answer === null || this.#state === 'sending' || this.#state === 'sent') return;
    this.#state = 'sending';
    this.#failure = null;
    const own = this.person === session.me.id;
    try {
      const { id: meeting, path } = this.desk;
      this.#expected = await commitment({ meeting, vote: this.vote, person: this.person, answer, nonce: this.#nonce, statement: '' });
      const body = { answer, nonce: this.#nonce, ...(own ? {} : { for: this.person }) };
      await session.api.send('POST', `${path}/votes/${this.vote}/ballot`, body, this.#key);
      this.#state = 'sent';
    } catch (thrown) {
      this.#failed(Failure.from(thrown));
    }
  }

  #failed(failure: Failure): void {
    this.#failure = failure;
    if (failure.undelivered || failure.code === 'timeout') {
      this.#state = 'unknown';
      return;
    }
    // Refused: what is sent next is another ballot.
    this.#state = 'choosing';
    this.#expected = '';
    this.#nonce = newNonce();
    this.#key = newId('a');
  }
}

/** The ballot of one person in one vote, the same wherever it is shown: its key has to outlive the part of the meeting it was sent from (V4). */
export function ballotOf(desk: MeetingDesk, vote: string, person: string): ConsoleBallot {
  const name = `${vote} ${person}`;
  const ballot = desk.ballots.get(name) ?? new ConsoleBallot(desk, vote, person);
  desk.ballots.set(name, ballot);
  return ballot;
}
