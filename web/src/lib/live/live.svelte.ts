/**
 * What a screen knows, kept true by patches (M3, W44).
 *
 * Rules: a patch is taken only when it starts at the number the screen is at; otherwise the screen says that it is behind and asks for
 * everything again. A patch that is older than the screen is dropped. Sections are replaced whole, never changed in place.
 *
 *     const live = new Live<MeetingSections>(transport);
 *     const stop = live.start();
 *     live.sections.agenda; live.seq; live.behind; live.link
 */
export type Link = 'online' | 'connecting' | 'offline';

export interface Patch<S> {
  base: number;
  seq: number;
  sections: Partial<S>;
}

/** What a transport tells. */
export interface Listener<S> {
  snapshot(seq: number, sections: Partial<S>): void;
  patch(patch: Patch<S>): void;
  linked(state: Link): void;
}

/** How the changes come: Socket.IO for consoles and displays, Server-Sent Events at a seat. */
export interface Transport<S> {
  /** Begin; a snapshot follows, now and after every break. */
  open(listener: Listener<S>): void;
  /** Ask for a snapshot, and go on asking until it comes. */
  resync(): void;
  close(): void;
}

export class Live<S extends object> implements Listener<S> {
  #sections = $state.raw<Partial<S>>({});
  #seq = $state(-1);
  #behind = $state(false);
  #link = $state<Link>('connecting');

  constructor(private readonly transport: Transport<S>) {}

  /** All that is known; empty before the first snapshot. Reactive. */
  get sections(): Partial<S> {
    return this.#sections;
  }
  /** The number of the last event seen; -1 before the first snapshot. */
  get seq(): number {
    return this.#seq;
  }
  /** Whether a change was missed and is being fetched. */
  get behind(): boolean {
    return this.#behind;
  }
  get link(): Link {
    return this.#link;
  }
  get loaded(): boolean {
    return this.#seq >= 0;
  }

  /** Begin; the returned function ends it. */
  start(): () => void {
    this.transport.open(this);
    return () => this.transport.close();
  }

  snapshot(seq: number, sections: Partial<S>): void {
    this.#sections = sections;
    this.#seq = seq;
    this.#behind = false;
  }

  patch(patch: Patch<S>): void {
    if (!this.loaded || patch.seq < this.#seq) return;
    if (patch.base !== this.#seq) {
      if (!this.#behind) this.transport.resync();
      this.#behind = true;
      return;
    }
    this.#sections = { ...this.#sections, ...patch.sections };
    this.#seq = patch.seq;
  }

  linked(state: Link): void {
    this.#link = state;
  }
}
