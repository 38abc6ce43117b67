/**
 * The private marks on the paper in front: shown at once, kept by the agent a moment later, taken back step by step (P8).
 *
 * Rules: what is drawn is on the page before anybody is asked; the agent keeps it, and what it refuses is taken off again and said.
 * One call is on its way at a time, with all that waits. Marks of an older version of the paper are moved to this one. Nothing is kept
 * in the browser: with the page's end they are gone.
 *
 *     const pad = new Pad(seat, book);
 *     pad.put('n-…', content); pad.undo(); pad.close();
 */
import { Failure } from '$lib/failure.ts';
import { carried } from '$lib/marks/carry.ts';
import type { Color, Content, Mark } from '$lib/marks/model.ts';
import type { Book } from '$lib/reader/book.svelte.ts';
import type { PageText } from '$lib/reader/source.ts';
import { notify } from '$lib/ui/notices.svelte.ts';
import { newId } from '$lib/wire/ids.ts';
import type { Seat } from '../seat.svelte.ts';

export type Tool = 'pen' | 'highlight' | 'note' | 'eraser';
type Change = [mark: string, content: Content | null];

const AGAIN_MS = 2_000;
/** An act of the agent's page takes 64 KiB. */
const MOST_BYTES = 40_000;
const MOST_UNDO = 100;

/** What the person holds in their hand; a paper that is opened anew is read first. */
export const hand = $state<{ tool: Tool; color: Color }>({ tool: 'highlight', color: 'amber' });

export class Pad {
  #marks = $state.raw<ReadonlyMap<string, Content>>(new Map());
  #undo = $state.raw<readonly (readonly Change[])[]>([]);
  #waiting = $state.raw<ReadonlyMap<string, Content | null>>(new Map());
  #failure = $state.raw<Failure | null>(null);
  #loaded = $state(false);
  #flying = false;
  #loading = false;
  #rev = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closing = new AbortController();
  #texts = new Map<number, Promise<PageText>>();

  constructor(
    private readonly seat: Seat,
    readonly book: Book,
  ) {}

  /** All marks on this paper, by page; those of an older version come when they have found their place. Reactive. */
  get all(): Mark[] {
    return [...this.#marks]
      .map(([mark, content]) => ({ mark, content }))
      .filter(({ content }) => content.version === this.book.paper.version)
      .toSorted((a, b) => a.content.page - b.content.page);
  }
  on(page: number): Mark[] {
    return this.all.filter(({ content }) => content.page === page);
  }
  get ready(): boolean {
    return this.#loaded && this.seat.now.marks?.ready === true;
  }
  get canUndo(): boolean {
    return this.#undo.length > 0;
  }
  /** Where what was written is: still here on the screen, at this seat, or at the server. */
  get kept(): 'screen' | 'seat' | 'server' {
    if (this.#waiting.size > 0) return 'screen';
    return (this.seat.now.marks?.unsent ?? 0) > 0 ? 'seat' : 'server';
  }
  /** Why the agent or the server keeps nothing; empty when they do. */
  get trouble(): Failure | null {
    const code = this.seat.now.marks?.code;
    return this.#failure ?? (code ? new Failure(code) : null);
  }

  /** Told whenever the section `marks` changes. */
  hear(summary: { ready: boolean; rev: number } | null | undefined): void {
    if (!summary?.ready || this.#flying || this.#waiting.size > 0) return;
    if (summary.rev !== this.#rev || !this.#loaded) void this.#load();
  }

  /** A new mark; gives its id. */
  add(content: Content): string {
    const mark = newId('n');
    this.#do([[mark, content]]);
    return mark;
  }
  put(mark: string, content: Content): void {
    this.#do([[mark, content]]);
  }
  remove(...marks: string[]): void {
    this.#do(marks.filter((mark) => this.#marks.has(mark)).map((mark): Change => [mark, null]));
  }
  undo(): void {
    const last = this.#undo.at(-1);
    if (!last) return;
    this.#undo = this.#undo.slice(0, -1);
    this.#apply(last);
  }

  text(page: number): Promise<PageText> {
    const known = this.#texts.get(page) ?? this.book.text(page, this.#closing.signal);
    known.catch(() => this.#texts.delete(page));
    this.#texts.set(page, known);
    return known;
  }

  close(): void {
    clearTimeout(this.#timer);
    void this.#send();
    this.#closing.abort();
    this.#marks = new Map();
    this.#undo = [];
  }

  #do(changes: Change[]): void {
    if (changes.length === 0) return;
    const back = changes.map(([mark]): Change => [mark, this.#marks.get(mark) ?? null]);
    this.#undo = [...this.#undo, back].slice(-MOST_UNDO);
    this.#apply(changes);
  }

  #apply(changes: readonly Change[]): void {
    const marks = new Map(this.#marks);
    const waiting = new Map(this.#waiting);
    for (const [mark, content] of changes) {
      if (content) marks.set(mark, content);
      else marks.delete(mark);
      waiting.set(mark, content);
    }
    this.#marks = marks;
    this.#waiting = waiting;
    void this.#send();
  }

  async #send(): Promise<void> {
    if (this.#flying || this.#waiting.size === 0) return;
    this.#flying = true;
    const given = portion(this.#waiting);
    try {
      const { rev } = await this.seat.writeMarks(given.map(([mark, content]) => (content ? { mark, content } : { mark })));
      this.#failure = null;
      this.#rev = rev;
      this.#given(given);
    } catch (thrown) {
      this.#refused(Failure.from(thrown), given);
    }
    this.#flying = false;
    // The next at this seat may be somebody else: what could not be handed in while it was this person's is let go.
    if (this.#closing.signal.aborted) {
      this.#waiting = new Map();
      return;
    }
    if (this.#failure === null) void this.#send();
    this.hear(this.seat.now.marks);
  }

  /* What was written again meanwhile still waits. */
  #given(given: readonly Change[]): void {
    const waiting = new Map(this.#waiting);
    for (const [mark, content] of given) if (waiting.get(mark) === content) waiting.delete(mark);
    this.#waiting = waiting;
  }

  #refused(failure: Failure, given: readonly Change[]): void {
    if (this.#closing.signal.aborted) return;
    if (failure.undelivered || failure.code === 'seat-marks-not-ready' || failure.code === 'seat-stopping') {
      this.#failure = failure;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => {
        this.#failure = null;
        void this.#send();
      }, AGAIN_MS);
      return;
    }
    // Refused for good: the page shows what is kept, and the person is told why.
    this.#given(given);
    this.#rev = 0;
    this.#undo = [];
    notify('bad', failure.text);
  }

  async #load(): Promise<void> {
    if (this.#loading) return;
    this.#loading = true;
    const told = this.seat.now.marks?.rev ?? 0;
    try {
      const { paper } = this.book.paper;
      const found = await this.seat.api.get<{ marks: Mark[]; rev: number }>(`/api/marks?paper=${paper}`, this.#closing.signal);
      const isFree = this.#waiting.size === 0 && !this.#closing.signal.aborted;
      if (isFree) {
        this.#marks = new Map(found.marks.map(({ mark, content }) => [mark, content]));
        this.#rev = found.rev;
        this.#loaded = true;
        void this.#carry();
      }
      this.#loading = false;
      // More may have come while this was on its way; what was said before is no reason to ask again.
      const rev = this.seat.now.marks?.rev ?? 0;
      if (isFree && rev !== told && rev > found.rev) this.hear(this.seat.now.marks);
    } catch (thrown) {
      this.#loading = false;
      if (!this.#closing.signal.aborted) this.#failure = Failure.from(thrown);
    }
  }

  /* Marks of an older version find their place in this one, and stay there. */
  async #carry(): Promise<void> {
    const { version, pages } = this.book.paper;
    const old = [...this.#marks].filter(([, content]) => content.version < version);
    const moved: Change[] = [];
    for (const [mark, content] of old) {
      const there = await carried(content, { version, pages }, (page) => this.text(page)).catch(() => null);
      if (there) moved.push([mark, there]);
    }
    const still = moved.filter(([mark]) => (this.#marks.get(mark)?.version ?? version) < version);
    if (still.length > 0 && !this.#closing.signal.aborted) this.#apply(still);
  }
}

function portion(waiting: ReadonlyMap<string, Content | null>): Change[] {
  const taken: Change[] = [];
  let bytes = 0;
  for (const change of waiting) {
    bytes += 3 * JSON.stringify(change).length;
    if (taken.length > 0 && (bytes > 1.5 * MOST_BYTES || taken.length >= 100)) break;
    taken.push(change);
  }
  return taken;
}
