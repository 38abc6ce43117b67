/**
 * One person's secret answers, from the first touch to the receipt (C10).
 *
 * Rules: what is typed is kept in this browser alone. After "hand in" nothing is changed any more: the ballot is kept, given, handed in, and
 * while the server cannot be reached it is tried again by itself. Being refused for good is said, and nothing is kept for it any more. The
 * receipt is kept until a page has shown it. What reads and writes what is kept is done alone, whatever other windows do.
 *
 *     const form = new Secret(slip, path, person, safe); await form.open(); form.check(); await form.handIn();
 */
import { Failure } from '$lib/failure.ts';
import { session } from '../../session.svelte.ts';
import { missing, type Said, type Slip } from '../consultations.ts';
import { room, written } from './ballots.ts';
import { begin, deliver, type Late, type Record, tooLate, type Waiting, type Ways } from './casting.ts';
import { keepForLong, type Safe } from './safe.ts';

/** `elsewhere`: the ballot was given, and is not kept in this browser. `lost`: it came too late, or is none. `ungiven`: the slip was over before one was given. */
export type Step = 'opening' | 'write' | 'check' | 'sending' | 'waiting' | 'done' | 'handed' | 'elsewhere' | 'lost' | 'ungiven' | 'unable';
const SAVE_AFTER_MS = 800;
const AGAIN_MS = [2000, 5000, 15_000, 30_000];
/** Refused for good: it is not tried again. Of these the slip takes no ballot any more … */
const TOO_LATE = ['consultation-over', 'consultation-stage-wrong', 'consultation-unknown', 'consultation-not-asked', 'consultation-urn-full'];
/** … and of these not this one. */
const NO_BALLOT = ['consultation-ballot-refused', 'consultation-ballot-too-long', 'consultation-not-secret', 'bad-field', 'bad-json'];

export class Secret {
  step = $state<Step>('opening');
  said = $state<Said[]>([]);
  receipt = $state('');
  failure = $state.raw<Failure | null>(null);
  tried = $state(false);
  kept = $state<number | null>(null);
  /** What the ballot says could not be deleted from this browser. */
  left = $state(false);
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
    return missing(this.slip.wording.questions, this.answers, true);
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
    try {
      await this.safe.alone(this.slip.consultation, () => this.#open());
    } catch {
      // Without a store nothing could be kept until it is acknowledged: nothing is begun.
      this.step = 'unable';
    }
  }
  async #open(): Promise<void> {
    const record = await this.#record();
    if (record?.kind === 'ballot') {
      this.#waiting = record;
      await this.#deliver();
    } else if (record?.kind === 'done') this.#handed(record.receipt ?? '');
    else if (record?.kind === 'late') await this.#over(record);
    else if (this.slip.mine!.answered > 0) this.step = 'elsewhere';
    else {
      if (record?.kind === 'draft') this.said = this.#empty.map((one, at) => record.said[at] ?? one);
      this.#saved = JSON.stringify(this.said);
      this.step = 'write';
    }
  }
  /** What came of it stood on a page: it is kept no longer, and neither is the ballot, should that still be there. */
  async shown(): Promise<void> {
    const { person, safe, slip: { consultation } } = this;
    try {
      await safe.alone(consultation, async () => {
        if (this.step === 'done') await safe.keep(person, consultation, { kind: 'done' } satisfies Record).catch(() => safe.forget(person, consultation));
        else await safe.forget(person, consultation);
      });
      this.left = false;
    } catch {
      this.left = true;
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
      await this.safe.alone(this.slip.consultation, async () => {
        // Handed in meanwhile: what was typed until then is in the ballot.
        if (this.step !== 'write' && this.step !== 'check') return;
        // A ballot that another window of this browser has begun is no draft any more.
        const there = await this.#record();
        if (there && there.kind !== 'draft') return await this.#open();
        await this.safe.keep(this.person, this.slip.consultation, { kind: 'draft', said } satisfies Record);
        this.#saved = JSON.stringify(said);
        this.kept = Date.now();
      });
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
    keepForLong();
    try {
      await this.safe.alone(this.slip.consultation, async () => {
        // Another window of this browser may have been faster: there is one ballot, and its record is the one that goes on.
        const record = await this.#record();
        if (record && record.kind !== 'draft') return await this.#open();
        const { consultation, sha256, token_key: modulus } = this.slip;
        await this.#keep(await begin({ consultation, sha256: sha256! }, modulus!, this.answers));
        await this.#deliver();
      });
    } catch (thrown) {
      this.#waiting = null;
      this.failure = Failure.from(thrown);
      this.step = 'check';
    }
  }
  /** Now, and not when it would be tried by itself. */
  async again(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#stopped) return;
    this.step = 'sending';
    try {
      await this.safe.alone(this.slip.consultation, async () => {
        const record = await this.#record();
        // Another window may have been faster.
        if (record && record.kind !== 'draft') await this.#open();
        else await this.#deliver();
      });
    } catch (thrown) {
      this.#later(Failure.from(thrown));
    }
  }

  /** Throws nothing: what happened is told by the step. */
  async #deliver(): Promise<void> {
    if (!this.#waiting || this.#stopped) return;
    this.step = 'sending';
    const ways: Ways = { path: this.path, keep: (waiting) => this.#keep(waiting), ask: (body) => session.api.send('POST', `${this.path}/draw`, body) };
    try {
      const receipt = await deliver(this.#waiting, ways);
      // Acknowledged: whatever becomes of this page, the receipt is shown, here or when the person comes back.
      this.left = !(await this.#ended({ kind: 'done', receipt }));
      this.#handed(receipt);
    } catch (thrown) {
      const failure = Failure.from(thrown);
      try {
        await this.#refused(failure);
      } catch (again) {
        this.#later(Failure.from(again));
      }
    }
  }
  async #refused(failure: Failure): Promise<void> {
    const waiting = this.#waiting!;
    const final = TOO_LATE.includes(failure.code) || NO_BALLOT.includes(failure.code);
    if (failure.code === 'consultation-ballot-given') {
      await this.#ended(null);
      this.step = 'elsewhere';
    } else if (!final) this.#later(failure);
    // A signature that did not arrive was perhaps made: who was given a ballot the server says.
    else if (waiting.signature || (await this.#given())) await this.#over({ ...(await tooLate(waiting)), given: true });
    else if (TOO_LATE.includes(failure.code)) await this.#over(await tooLate(waiting));
    else {
      // Nothing was given: it is a draft again.
      const { answers: said } = waiting;
      await this.safe.keep(this.person, this.slip.consultation, { kind: 'draft', said } satisfies Record);
      this.#waiting = null;
      this.said = said;
      this.#saved = JSON.stringify(said);
      this.step = 'write';
    }
    this.failure = failure;
  }
  async #given(): Promise<boolean> {
    try {
      return ((await session.api.get<Slip>(this.path)).mine?.answered ?? 0) > 0;
    } catch (thrown) {
      if (Failure.from(thrown).code === 'consultation-unknown') return false;
      throw thrown;
    }
  }
  /** Perhaps it was taken, and the answer was lost: by its receipt it is found in the list. */
  async #over(late: Late): Promise<void> {
    this.left = !(await this.#ended(late));
    this.receipt = late.receipt;
    this.step = late.given ? 'lost' : 'ungiven';
  }
  #later(failure: Failure): void {
    this.failure = failure;
    this.step = 'waiting';
    const wait = AGAIN_MS[Math.min(this.#tries, AGAIN_MS.length - 1)];
    this.#tries += 1;
    if (!this.#stopped) this.#timer = setTimeout(() => void this.again(), wait);
  }
  #handed(receipt: string): void {
    this.receipt = receipt;
    this.failure = null;
    this.step = receipt ? 'done' : 'handed';
  }
  #record(): Promise<Record | null> {
    return this.safe.read<Record>(this.person, this.slip.consultation);
  }
  async #keep(waiting: Waiting): Promise<void> {
    await this.safe.keep(this.person, this.slip.consultation, waiting);
    this.#waiting = waiting;
  }
  /** Nothing is on its way any more; whether the browser has written that down. */
  async #ended(record: Record | null): Promise<boolean> {
    this.#waiting = null;
    this.said = this.#empty;
    try {
      if (record) await this.safe.keep(this.person, this.slip.consultation, record);
      else await this.safe.forget(this.person, this.slip.consultation);
      return true;
    } catch {
      return false;
    }
  }
}
