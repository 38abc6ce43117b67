/**
 * What a member asks for at a console in speaking, from the first touch to the server's word.
 *
 * Rules: while nobody knows whether the server has it, the same touch sends the very same act again, so it is done once (S1); so does
 * another part of the meeting that was shown meanwhile. What was typed stays until it is there (S4).
 */
import { Failure } from '$lib/failure.ts';
import type { Speech, SpeechKind } from '$lib/sections.ts';
import { mine } from '$lib/speaking/turns.ts';
import { newId } from '$lib/wire/ids.ts';
import type { MeetingDesk } from '../meeting/desk.svelte.ts';
import { session } from '../session.svelte.ts';

export class OwnSpeaking {
  /** What is on its way: a way of speaking, or a request. */
  #busy = $state('');
  #failed = $state.raw<{ failure: Failure; then: string } | null>(null);
  /** Acts of which nobody knows whether they came. */
  readonly #keys = new Map<string, string>();
  /** What was touched and has no answer yet, and when the last of it has one: they go one after the other. */
  readonly #waiting = new Set<string>();
  #last = Promise.resolve();
  /** What was typed and not sent, by request. */
  readonly #drafts = new Map<string, string>();

  constructor(private readonly desk: MeetingDesk) {}

  get busy(): string {
    return this.#busy;
  }
  /** Why the last touch did nothing; null as soon as the log says otherwise. */
  get failure(): Failure | null {
    return this.#failed?.then === this.#stand() ? this.#failed.failure : null;
  }

  async ask(item: string, kind: SpeechKind): Promise<void> {
    // One that came after all is in the log by then: the next touch is another request.
    const before = this.#mine().filter((each) => each.item === item && each.kind === kind).length;
    await this.#touch(kind, `${item} ${kind} ${before}`, 'speaking', { item, kind });
  }
  cancel(speech: Speech): Promise<void> {
    return this.#step(speech, 'cancel');
  }
  stop(speech: Speech): Promise<void> {
    return this.#step(speech, 'stop');
  }

  /** Throws `Failure`. */
  write(speech: Speech, text: string): Promise<void> {
    return this.#send(`${speech.speech} ${text}`, `speaking/${speech.speech}/text`, { text });
  }
  /** What is to be typed on: what was typed here, or what the server has. Throws `Failure`. */
  async begun(speech: Speech): Promise<string> {
    const draft = this.#drafts.get(speech.speech);
    if (draft || !speech.written) return draft ?? '';
    return (await session.api.get<{ text: string }>(`${this.desk.path}/speaking/${speech.speech}/text`)).text;
  }
  keep(speech: Speech, text: string): void {
    this.#drafts.set(speech.speech, text);
  }

  #step(speech: Speech, step: 'cancel' | 'stop'): Promise<void> {
    return this.#touch(speech.speech, `${speech.speech} ${step}`, `speaking/${speech.speech}/${step}`, {});
  }

  async #touch(what: string, name: string, path: string, body: object): Promise<void> {
    if (this.#waiting.has(what)) return;
    this.#waiting.add(what);
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = promise;
    // The log may tell what was done before its answer is here: the next touch waits for it and is not lost.
    if (this.#waiting.size > 1) await before;
    this.#busy = what;
    this.#failed = null;
    try {
      await this.#send(name, path, body);
    } catch (thrown) {
      this.#failed = { failure: Failure.from(thrown), then: this.#stand() };
    } finally {
      this.#busy = '';
      this.#waiting.delete(what);
      resolve();
    }
  }

  async #send(name: string, path: string, body: object): Promise<void> {
    const key = this.#keys.get(name) ?? newId('a');
    this.#keys.set(name, key);
    try {
      await session.api.send('POST', `${this.desk.path}/${path}`, body, key);
      this.#keys.clear();
    } catch (thrown) {
      const failure = Failure.from(thrown);
      if (!unknown(failure)) this.#keys.delete(name);
      throw failure;
    }
  }

  #mine(): Speech[] {
    return mine(this.desk.now.speaking, session.me.id);
  }
  #stand(): string {
    return this.#mine().map(({ speech, state }) => `${speech} ${state}`).join();
  }
}

/** Whether the server may have done it all the same. */
export function unknown(failure: Failure): boolean {
  return failure.undelivered || failure.code === 'timeout';
}

const KNOWN = new WeakMap<MeetingDesk, OwnSpeaking>();

/** The same wherever it is shown: what is on its way outlives the part of the meeting it was sent from. */
export function ownSpeaking(desk: MeetingDesk): OwnSpeaking {
  const own = KNOWN.get(desk) ?? new OwnSpeaking(desk);
  KNOWN.set(desk, own);
  return own;
}
