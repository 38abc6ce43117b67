/**
 * One person's answers to one slip, from the first touch to the server's word (C4, C5).
 *
 * Rules: what is typed is nobody's but this form's; no news of the slip touches it (V5). A draft is kept a moment after the last change,
 * one save after the other, and says which draft it follows: when another tab was faster, both are there and the person chooses. A handing
 * in has one nonce and one key: while nobody knows whether the server has it, the very same is sent again. It says which draft it follows,
 * too. What counts as handed in and kept is what was sent, and not what was typed meanwhile.
 *
 *     const form = new Answering(slip, path); form.choose(0, 'for'); await form.handIn();
 */
import { Failure } from '$lib/failure.ts';
import { newNonce } from '$lib/wire/ballots.ts';
import { newId } from '$lib/wire/ids.ts';
import { session } from '../session.svelte.ts';
import { begun, missing, type Said, type Slip, tidy } from './consultations.ts';

/** One handing in: what goes to the server, and what stood in the form then. */
export interface Sent {
  body: { answers: Said[]; seen: number; nonce: string; draft: number };
  said: string;
}
const SAVE_AFTER_MS = 800;
const TRY_AGAIN_MS = 5000;
/** Refused because another tab was faster. */
const OVERTAKEN = ['consultation-answered-meanwhile', 'consultation-draft-changed'];

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
  /** What a handing in says now. */
  get sent(): Sent {
    const body = { answers: this.answers, seen: this.#seen, nonce: this.#nonce, draft: this.#revision };
    return { body, said: JSON.stringify(this.said) };
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
    if (!this.unsaved || this.theirs || this.sending) return;
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
      const { draft_revision: revision, handed_in: handed } = newest.mine!;
      if (revision === this.#revision && handed.length === this.#seen) return;
      if (handed.length !== this.#seen) this.#anew();
      this.#seen = handed.length;
      this.#handed = JSON.stringify(handed.at(-1)?.answers ?? null);
      this.#theirRevision = revision;
      const theirs = begun(newest);
      // Where both say the same, an answer of the server was lost on its way, and nobody has to choose.
      const same = JSON.stringify(tidy(this.slip.wording.questions, theirs)) === JSON.stringify(this.answers);
      if (same) this.#follow(this.said);
      else this.theirs = theirs;
    } catch (thrown) {
      this.failure = Failure.from(thrown);
    }
  }
  /* The server's newest draft says this. */
  #follow(draft: Said[]): void {
    this.#saved = JSON.stringify(draft);
    this.#revision = this.#theirRevision;
    this.theirs = this.failure = null;
  }
  /** After a signing that came to nothing: perhaps the server has it, or another tab was faster. */
  renew(): Promise<void> {
    return this.#compare();
  }
  /** Of two drafts the one that stays. */
  settle(mine: boolean): void {
    if (!this.theirs) return;
    if (!mine) this.said = this.theirs;
    this.#follow(this.theirs);
    void this.save();
  }

  /** True when the server has it; a refusal is told in `failure`. */
  async handIn(): Promise<boolean> {
    this.tried = true;
    if (this.missing.length > 0 || this.sending || this.theirs) return false;
    clearTimeout(this.#timer);
    this.sending = true;
    try {
      await this.#saving;
      return !this.theirs && (await this.#deliver(true));
    } finally {
      this.sending = false;
      // What was typed meanwhile is a draft.
      this.touched();
    }
  }
  async #deliver(again: boolean): Promise<boolean> {
    this.failure = null;
    const sent = this.sent;
    try {
      await session.api.send('POST', `${this.path}/answer`, sent.body, this.#key);
      this.took(sent);
      return true;
    } catch (thrown) {
      const failure = Failure.from(thrown);
      // Nobody knows whether the server has it: the very same is sent again.
      if (!failure.undelivered && failure.code !== 'timeout') this.#anew();
      this.failure = failure;
      if (!OVERTAKEN.includes(failure.code)) return false;
      await this.#compare();
      // The newer draft said the same.
      return again && !this.theirs && !this.failure && (await this.#deliver(false));
    }
  }
  /** The server has taken it, by this way or signed. */
  took({ body, said }: Sent): void {
    this.#seen = body.seen + 1;
    this.#handed = JSON.stringify(body.answers);
    this.#saved = said;
    // What was handed in took the place of the draft.
    this.#revision = body.draft + 1;
    this.tried = false;
    this.#anew();
  }
  #anew(): void {
    this.#nonce = newNonce();
    this.#key = newId('a');
  }
}
