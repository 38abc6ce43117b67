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
import type { Failure } from '../failure.ts';
import { type Part, same } from '../presenting/part.ts';

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
  /** What is watched was deleted: told so as it happened, or (`unknown`) the server knows no such thing now. */
  gone?(unknown?: Failure): void;
  /** The presenter points; kept by nobody (W110). */
  pointed?(told: object): void;
  /** The part of the page that the presenter sees; kept by no server (W124). */
  viewed?(told: Part): void;
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
  #view = $state.raw<Part | null>(null);
  #words = 0;

  /** `ongone`: what is watched was deleted (M5), or the server does not know it: then with its words. */
  constructor(
    private readonly transport: Transport<S>,
    private readonly ongone: (unknown?: Failure) => void = () => undefined,
  ) {}

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
    // Whatever was missed: who presents says it again (W124).
    this.#view = null;
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
    this.#turn(patch.sections);
  }

  /* A part is of the page that is presented; of the next one it may be here first. */
  #turn(sections: { presenting?: Pick<Part, 'paper' | 'version' | 'page'> | null }): void {
    const [view, shown] = [this.#view, sections.presenting];
    if (!view || shown === undefined) return;
    if (shown?.paper !== view.paper || shown.version !== view.version || shown.page !== view.page) this.#view = null;
  }

  readonly #points = new Set<(told: object) => void>();
  /** Be told where the presenter points; the returned function ends it. */
  watchPoints(hear: (told: object) => void): () => void {
    this.#points.add(hear);
    return () => this.#points.delete(hear);
  }
  pointed(told: object): void {
    for (const hear of this.#points) hear(told);
  }

  /** What the presenter sees, as far as it is known here: the same told again is no change. Reactive. */
  get view(): Part | null {
    return this.#view;
  }
  /** How often it was told, the same again counted, too. Not reactive. */
  get words(): number {
    return this.#words;
  }
  viewed(told: Part): void {
    this.#words += 1;
    if (!same(told, this.#view)) this.#view = told;
  }

  gone(unknown?: Failure): void {
    this.ongone(unknown);
  }

  linked(state: Link): void {
    this.#link = state;
  }
}
