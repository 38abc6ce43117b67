/**
 * Server-Sent Events from a seat's agent, with snapshots by an ordinary call.
 *
 * Rules: the stream is opened before the snapshot is asked for, so nothing falls between them; patches that arrive meanwhile are held
 * and given afterwards, and because a held patch may be older than the snapshot, one more snapshot settles it. The browser opens a
 * broken stream again by itself; a break shorter than two seconds is not worth a word.
 */
import type { Part } from '../presenting/part.ts';
import type { Listener, Patch, Transport } from './live.svelte.ts';

const OFFLINE_AFTER_MS = 2000;
const AGAIN_MS = 1000;

export interface Snapshot<S> {
  seq: number;
  sections: Partial<S>;
}

export class EventsTransport<S extends object> implements Transport<S> {
  #source: EventSource | undefined;
  #listener: Listener<S> | undefined;
  #held: Patch<S>[] | undefined;
  #timers = new Set<ReturnType<typeof setTimeout>>();
  #patience: ReturnType<typeof setTimeout> | undefined;

  /** `read` fetches the snapshot; it is called again until it succeeds. */
  constructor(
    private readonly address: string,
    private readonly read: () => Promise<Snapshot<S>>,
  ) {}

  open(listener: Listener<S>): void {
    this.#listener = listener;
    listener.linked('connecting');
    this.#connect();
  }

  resync(): void {
    void this.#fetch();
  }

  close(): void {
    this.#listener = undefined;
    this.#source?.close();
    clearTimeout(this.#patience);
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #connect(): void {
    const source = new EventSource(this.address);
    this.#source = source;
    source.addEventListener('patch', (event: MessageEvent<string>) => this.#take(JSON.parse(event.data) as Patch<S>));
    source.addEventListener('point', (event: MessageEvent<string>) => this.#listener?.pointed?.(JSON.parse(event.data) as object));
    source.addEventListener('view', (event: MessageEvent<string>) => this.#listener?.viewed?.(JSON.parse(event.data) as Part));
    source.onopen = () => {
      clearTimeout(this.#patience);
      this.#patience = undefined;
      this.#listener?.linked('online');
      void this.#fetch();
    };
    source.onerror = () => {
      this.#patience ??= setTimeout(() => this.#listener?.linked('offline'), OFFLINE_AFTER_MS);
      // An answer that is not a stream (an agent that is just starting) closes the source for good.
      if (source.readyState === EventSource.CLOSED) this.#later(() => this.#connect());
    };
  }

  #take(patch: Patch<S>): void {
    if (this.#held) this.#held.push(patch);
    else this.#listener?.patch(patch);
  }

  async #fetch(): Promise<void> {
    if (this.#held) return;
    const held: Patch<S>[] = [];
    this.#held = held;
    try {
      const { seq, sections } = await this.read();
      this.#held = undefined;
      this.#listener?.snapshot(seq, sections);
      if (held.length > 0) this.#later(() => void this.#fetch(), 0);
    } catch {
      // The failure was told by the one who reads; what was held belongs to a state that is not known.
      this.#held = undefined;
      this.#later(() => void this.#fetch());
    }
  }

  #later(what: () => void, ms: number = AGAIN_MS): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (this.#listener) what();
    }, ms);
    this.#timers.add(timer);
  }
}
