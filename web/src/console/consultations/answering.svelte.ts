/**
 * One person's answers to one slip, from the first touch to the server's word (C4, C5).
 *
 * Rules: what is typed is nobody's but this form's; no news of the slip touches it (V5). A draft is kept a moment after the last change,
 * one save after the other, and says which draft it follows: when another tab was faster, both are there and the person chooses. A handing
 * in has one nonce and one key: while nobody knows whether the server has it, the very same is sent again.
 *
 *     const form = new Answering(slip, path); form.choose(0, 'for'); await form.handIn();
 */
import { Failure } from '$lib/failure.ts';
import { newNonce } from '$lib/wire/ballots.ts';
import { newId } from '$lib/wire/ids.ts';
import { session } from '../session.svelte.ts';
import { begun, missing, type Said, type Slip, tidy } from './consultations.ts';

const SAVE_AFTER_MS = 800;
const TRY_AGAIN_MS = 5000;

export class Answering {
  said = $state<Said[]>([]);
  /** When the draft was kept last. */
  kept = $state<number | null>(null);
  failure = $state.raw<Failure | null>(null);
  /** What another tab has kept; null: nothing else. */
  theirs = $state.raw<Said[] | null>(null);
  sending = $state(false);
  tried = $state(false);
  #revision: number;
  #theirRevision = 0;
  #saved = $state('');
  #handed = $state('');
  #seen = $state(0);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #saving: Promise<void> = Promise.resolve();
  #nonce = newNonce();
  #key = newId('a');

  constructor(
    private readonly slip: Slip,
    private readonly path: string,
  ) {
    const mine = slip.mine!;
    this.said = begun(slip);
    this.#revision = mine.draft_revision;
    this.#seen = mine.handed_in.length;
    this.#saved = JSON.stringify(this.said);
    this.#handed = JSON.stringify(mine.handed_in.at(-1)?.answers ?? null);
  }

  get seen(): number {
    return this.#seen;
  }
  get nonce(): string {
    return this.#nonce;
  }
  get missing(): number[] {
    return missing(this.slip.wording.questions, this.said);
  }
  /** As it is sent. */
  get answers(): Said[] {
    return tidy(this.slip.wording.questions, $state.snapshot(this.said) as Said[]);
  }
  /** Something here is not what was handed in last. */
  get changed(): boolean {
    return JSON.stringify(this.answers) !== this.#handed;
  }
  get unsaved(): boolean {
    return JSON.stringify(this.said) !== this.#saved;
  }

  choose(at: number, answer: string): void {
    this.said[at]!.answer = answer;
  }
  /** Something was typed or chosen. */
  touched(): void {
    clearTimeout(this.#timer);
    if (!this.unsaved) return;
    this.#timer = setTimeout(() => void this.save(), SAVE_AFTER_MS);
  }
  /** Keep the draft, after the save that goes on. */
  save(): Promise<void> {
    clearTimeout(this.#timer);
    this.#saving = this.#saving.then(() => this.#save());
    return this.#saving;
  }
  stop(): void {
    if (this.unsaved && !this.theirs) void this.save();
    clearTimeout(this.#timer);
  }

  async #save(): Promise<void> {
    if (!this.unsaved || this.theirs) return;
    const said = JSON.stringify(this.said);
    try {
      const body = { answers: JSON.parse(said) as Said[], revision: this.#revision };
      const { revision } = await session.api.send<{ revision: number }>('PUT', `${this.path}/draft`, body);
      this.#revision = revision;
      this.#saved = said;
      this.kept = Date.now();
      this.failure = null;
    } catch (thrown) {
      this.failure = Failure.from(thrown);
      if (this.failure.code === 'consultation-draft-changed') await this.#compare();
      else if (this.failure.undelivered) this.#timer = setTimeout(() => void this.save(), TRY_AGAIN_MS);
    }
  }
  async #compare(): Promise<void> {
    try {
      const newest = await session.api.get<Slip>(this.path);
      this.theirs = begun(newest);
      this.#theirRevision = newest.mine!.draft_revision;
      this.#seen = newest.mine!.handed_in.length;
      this.#handed = JSON.stringify(newest.mine!.handed_in.at(-1)?.answers ?? null);
    } catch (thrown) {
      this.failure = Failure.from(thrown);
    }
  }
  /** Of two drafts the one that stays. */
  settle(mine: boolean): void {
    if (!this.theirs) return;
    if (!mine) this.said = this.theirs;
    this.#saved = JSON.stringify(this.theirs);
    this.#revision = this.#theirRevision;
    this.theirs = this.failure = null;
    void this.save();
  }

  /** True when the server has it; a refusal is told in `failure`. */
  async handIn(): Promise<boolean> {
    this.tried = true;
    if (this.missing.length > 0 || this.sending || this.theirs) return false;
    clearTimeout(this.#timer);
    await this.#saving;
    this.sending = true;
    this.failure = null;
    const answers = this.answers;
    try {
      await session.api.send('POST', `${this.path}/answer`, { answers, seen: this.#seen, nonce: this.#nonce }, this.#key);
      this.took(answers);
      return true;
    } catch (thrown) {
      const failure = Failure.from(thrown);
      // Nobody knows whether the server has it: the very same is sent again.
      if (!failure.undelivered && failure.code !== 'timeout') this.#anew();
      if (failure.code === 'consultation-answered-meanwhile') await this.#compare();
      this.failure = failure;
      return false;
    } finally {
      this.sending = false;
    }
  }
  /** The server has taken it, by this way or signed. */
  took(answers: Said[]): void {
    this.#seen += 1;
    this.#handed = JSON.stringify(answers);
    this.#saved = JSON.stringify(this.said);
    // What was handed in took the place of the draft.
    this.#revision += 1;
    this.tried = false;
    this.#anew();
  }
  #anew(): void {
    this.#nonce = newNonce();
    this.#key = newId('a');
  }
}
