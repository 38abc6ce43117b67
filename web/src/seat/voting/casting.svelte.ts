/**
 * One person's ballot in one vote, from the first touch to the server's word.
 *
 * Rules: what is chosen here stays until it is sent, whatever else happens in the meeting (V5). A ballot is sent once; it counts as
 * recorded when the server has committed it, never before. While this page knows what it sent, it compares the log's commitment (W67).
 */
import { Failure } from '$lib/failure.ts';
import { errorText } from '$lib/i18n/texts.svelte.ts';
import type { Vote } from '$lib/sections.ts';
import { said } from '$lib/voting/marks.ts';
import { commitment, newNonce } from '$lib/wire/ballots.ts';
import type { Seat, Statement } from '../seat.svelte.ts';
import type { Act, HeldBallot } from '../sections.ts';

export type Standing = 'choosing' | 'sending' | 'queued' | 'recorded' | 'mismatch';

interface Sent {
  act: string;
  answer: string;
  nonce: string;
}

const KIND = 'vote_cast';

export class Casting {
  #chosen = $state<string | null>(null);
  #marks = $state.raw<readonly string[]>([]);
  #sent = $state.raw<Sent | null>(null);
  #refusal = $state('');
  #busy = $state(false);
  #expected = $state('');
  #nonce = newNonce();

  constructor(
    private readonly seat: Seat,
    readonly vote: string,
    readonly person: string,
    /** Entrusted to who sits here, and not their own (W107). */
    private readonly entrusted = false,
  ) {}

  /** The answer in front; null before the first touch. */
  get chosen(): string | null {
    return this.#chosen;
  }
  /** The answer that was sent from this page. */
  get answer(): string | null {
    return this.#sent?.answer ?? null;
  }
  get busy(): boolean {
    return this.#busy;
  }
  /** Why the last try was not recorded, in words. */
  get refusal(): string {
    return this.#refusal;
  }

  standing(vote: Vote): Standing {
    const receipt = this.receipt(vote);
    if (receipt) return this.#expected !== '' && receipt !== this.#expected ? 'mismatch' : 'recorded';
    const act = this.#act;
    if (act?.state === 'done') return 'recorded';
    if (act?.state === 'queued' || act?.state === 'sent') return this.seat.online ? 'sending' : 'queued';
    return 'choosing';
  }

  /** What the log holds of this person's ballot. */
  receipt(vote: Vote): string {
    return vote.receipts.find((one) => one.person === this.person)?.commitment ?? '';
  }

  choose(answer: string): void {
    if (this.#sent === null) this.#chosen = answer;
  }

  /** The candidates that are marked; nobody else's update touches them. */
  get marks(): readonly string[] {
    return this.#marks;
  }

  /** Mark candidates of an election; too few or too many are chosen, but not ready to be sent. */
  mark(vote: Vote, marks: readonly string[]): void {
    if (this.#sent !== null) return;
    this.#marks = marks;
    this.#chosen = said(vote, marks);
  }

  /** Send what was chosen; throws nothing: a refusal is told in words. */
  async send(): Promise<void> {
    const answer = this.#chosen;
    if (answer === null || this.#busy || this.#sent) return;
    this.#busy = true;
    this.#refusal = '';
    try {
      const nonce = this.#nonce;
      await this.#expect(answer, '');
      const act = await this.seat.act(KIND, { vote: this.vote, answer, nonce, ...(this.entrusted ? { for: this.person } : {}) });
      this.#sent = { act, answer, nonce };
    } catch (thrown) {
      this.#refusal = Failure.from(thrown).text;
    } finally {
      this.#busy = false;
    }
  }

  /** Have the seat write a secret ballot, seal it and ask for its signature (W77); how far it is stands in the section `ballots`. */
  async seal(): Promise<void> {
    const answer = this.#chosen;
    if (answer === null || this.#busy) return;
    this.#busy = true;
    this.#refusal = '';
    try {
      await this.seat.act('ballot_cast', { vote: this.vote, answer });
      this.#chosen = null;
      this.#marks = [];
    } catch (thrown) {
      this.#refusal = Failure.from(thrown).text;
    } finally {
      this.#busy = false;
    }
  }

  /** This person's secret ballot, as this seat keeps it. */
  get ballot(): HeldBallot | undefined {
    return (this.seat.now.ballots ?? []).find((one) => one.vote === this.vote);
  }

  /** What the card is to sign, of a named vote; null when it cannot be said, which {@link refusal} tells. */
  async declare(): Promise<Statement | null> {
    if (this.#chosen === null || this.#sent) return null;
    this.#refusal = '';
    try {
      return await this.seat.declare(KIND, { vote: this.vote, answer: this.#chosen, nonce: this.#nonce });
    } catch (thrown) {
      this.#refusal = Failure.from(thrown).text;
      return null;
    }
  }

  /** The card has signed it, and it is in the outbox. */
  signed(act: string): void {
    this.#sent = { act, answer: this.#chosen!, nonce: this.#nonce };
  }

  /** Call when `acts` changes: a refused ballot may be chosen anew. */
  hear(): void {
    const act = this.#act;
    if (act?.state !== 'refused' || this.#sent?.act !== act.act) return;
    this.#sent = null;
    this.#expected = '';
    this.#nonce = newNonce();
    void errorText(act.code).then((text) => (this.#refusal = text));
  }

  get #act(): Act | undefined {
    const acts = (this.seat.now.acts ?? []).filter((act) => act.kind === KIND);
    if (this.#sent) return acts.find((act) => act.act === this.#sent!.act);
    // A page that was loaded anew does not know its act: one on its way in this vote, of this very person, is it (W107).
    return acts.findLast((act) => (act.state === 'queued' || act.state === 'sent') && act.vote === this.vote && act.whose === this.person);
  }

  async #expect(answer: string, statement: string): Promise<void> {
    const meeting = this.seat.now.meeting?.id ?? '';
    this.#expected = await commitment({ meeting, vote: this.vote, person: this.person, answer, nonce: this.#nonce, statement });
  }
}
