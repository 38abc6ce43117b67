/**
 * One person's secret answers, from the first touch to the receipt (C10).
 *
 * Rules: what is typed is kept in this browser alone. After "hand in" nothing is changed any more: the ballot is kept, given, handed in, and
 * while the server cannot be reached it is tried again by itself. Being refused for good is said, and nothing is kept for it any more.
 *
 *     const form = new Secret(slip, path, person, safe); await form.open(); form.check(); await form.handIn();
 */
import { Failure } from '$lib/failure.ts';
import { session } from '../../session.svelte.ts';
import { missing, type Said, type Slip } from '../consultations.ts';
import { prepared, receiptOf, room, written } from './ballots.ts';
import { begin, deliver, type Record, type Waiting, type Ways } from './casting.ts';
import type { Safe } from './safe.ts';

/** `elsewhere`: the ballot was given, and is not kept in this browser. `lost`: it came too late. */
export type Step = 'opening' | 'write' | 'check' | 'sending' | 'waiting' | 'done' | 'handed' | 'elsewhere' | 'lost' | 'unable';
const SAVE_AFTER_MS = 800;
const AGAIN_MS = [2000, 5000, 15_000, 30_000];
/** Refused for good: it is not tried again. */
const TOO_LATE = ['consultation-over', 'consultation-stage-wrong', 'consultation-unknown', 'consultation-not-asked', 'consultation-urn-lost', 'consultation-urn-full'];

export class Secret {
  step = $state<Step>('opening');
  said = $state<Said[]>([]);
  receipt = $state('');
  failure = $state.raw<Failure | null>(null);
  tried = $state(false);
  kept = $state<number | null>(null);
  #saved = $state('');
  #waiting: Waiting | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #tries = 0;
  #stopped = false;

  constructor(
    private readonly slip: Slip,
    private readonly path: string,
    private readonly person: string,
    private readonly safe: Safe,
  ) {
    this.said = this.#empty;
    this.#saved = JSON.stringify(this.said);
  }

  get #empty(): Said[] {
    return this.slip.wording.questions.map(({ question }) => ({ question, answer: null, opinion: '' }));
  }
  get answers(): Said[] {
    return written(this.slip.wording.questions, $state.snapshot(this.said) as Said[]);
  }
  get missing(): number[] {
    return missing(this.slip.wording.questions, this.answers);
  }
  /** Bytes that are left for words. */
  get room(): number {
    return room(this.answers);
  }
  get unsaved(): boolean {
    return this.step === 'write' && JSON.stringify(this.said) !== this.#saved;
  }

  /** What this browser has kept; a ballot that is on its way goes on. */
  async open(): Promise<void> {
    let record: Record | null = null;
    try {
      record = await this.safe.read<Record>(this.person, this.slip.consultation);
    } catch {
      // Without a store nothing could be kept until it is acknowledged: nothing is begun.
      this.step = 'unable';
      return;
    }
    if (record?.kind === 'ballot') {
      this.#waiting = record;
      await this.#deliver();
    } else if (record?.kind === 'done') {
      this.receipt = record.receipt ?? '';
      this.step = record.receipt ? 'done' : 'handed';
      // Shown this once.
      if (record.receipt) await this.#end({ kind: 'done' });
    } else if (this.slip.mine!.answered > 0) this.step = 'elsewhere';
    else {
      if (record?.kind === 'draft') this.said = this.#empty.map((one, at) => record.said[at] ?? one);
      this.#saved = JSON.stringify(this.said);
      this.step = 'write';
    }
  }

  /** Something was typed or chosen. */
  touched(): void {
    clearTimeout(this.#timer);
    if (this.unsaved) this.#timer = setTimeout(() => void this.save(), SAVE_AFTER_MS);
  }
  async save(): Promise<void> {
    if (!this.unsaved) return;
    const said = $state.snapshot(this.said) as Said[];
    try {
      // A ballot that another window of this browser has begun is no draft any more.
      const there = await this.safe.read<Record>(this.person, this.slip.consultation);
      if (there && there.kind !== 'draft') return await this.open();
      await this.safe.keep(this.person, this.slip.consultation, { kind: 'draft', said } satisfies Record);
      this.#saved = JSON.stringify(said);
      this.kept = Date.now();
    } catch (thrown) {
      this.failure = Failure.from(thrown);
    }
  }
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    void this.save();
  }

  /** To the last look, when nothing is missing. */
  check(): void {
    this.tried = true;
    if (this.missing.length === 0 && this.room >= 0) this.step = 'check';
  }
  back(): void {
    this.step = 'write';
  }

  async handIn(): Promise<void> {
    if (this.step !== 'check') return;
    clearTimeout(this.#timer);
    this.step = 'sending';
    this.failure = null;
    const { consultation, sha256, token_key: modulus } = this.slip;
    try {
      // Another window of this browser may have been faster: there is one ballot, and its record is the one that goes on.
      this.#waiting = await this.#held();
      if (!this.#waiting) await this.#keep(await begin({ consultation, sha256: sha256! }, modulus!, this.answers));
    } catch (thrown) {
      this.#waiting = null;
      this.failure = Failure.from(thrown);
      this.step = 'check';
      return;
    }
    await this.#deliver();
  }
  /** Now, and not when it would be tried by itself. */
  again(): Promise<void> {
    clearTimeout(this.#timer);
    return this.#deliver();
  }

  async #deliver(): Promise<void> {
    if (!this.#waiting || this.#stopped) return;
    this.step = 'sending';
    const ways: Ways = { path: this.path, keep: (waiting) => this.#keep(waiting), ask: (body) => session.api.send('POST', `${this.path}/draw`, body) };
    try {
      this.receipt = await deliver(this.#waiting, ways);
      await this.#end({ kind: 'done' });
      this.step = 'done';
    } catch (thrown) {
      this.failure = Failure.from(thrown);
      if (this.failure.code === 'consultation-ballot-given') {
        const held = await this.#held();
        if (held && held.blinded !== this.#waiting.blinded) {
          this.#waiting = held;
          return this.#deliver();
        }
        await this.#end(null);
        this.step = 'elsewhere';
      } else if (TOO_LATE.includes(this.failure.code)) {
        // Perhaps it was taken, and the answer was lost: by this it is found in the list.
        this.receipt = await receiptOf(prepared(this.#waiting.slip, this.#waiting));
        await this.#end(null);
        this.step = 'lost';
      } else {
        this.step = 'waiting';
        const wait = AGAIN_MS[Math.min(this.#tries, AGAIN_MS.length - 1)];
        this.#tries += 1;
        if (!this.#stopped) this.#timer = setTimeout(() => void this.#deliver(), wait);
      }
    }
  }
  /** The ballot of this slip that this browser keeps. */
  async #held(): Promise<Waiting | null> {
    const record = await this.safe.read<Record>(this.person, this.slip.consultation);
    return record?.kind === 'ballot' ? record : null;
  }
  async #keep(waiting: Waiting): Promise<void> {
    await this.safe.keep(this.person, this.slip.consultation, waiting);
    this.#waiting = waiting;
  }
  async #end(record: Record | null): Promise<void> {
    this.#waiting = null;
    this.said = this.#empty;
    if (record) await this.safe.keep(this.person, this.slip.consultation, record);
    else await this.safe.forget(this.person, this.slip.consultation);
  }
}
