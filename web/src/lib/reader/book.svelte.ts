/**
 * One paper being read: its pages, sizes, zoom, and a search through it. The components draw it, the keyboard and the buttons turn it.
 *
 * Rules: a page number is always within the paper. Sizes are A4 until the outline has come, then exact; nothing waits for them.
 *
 *     const book = new Book(paper, source);
 *     book.turnTo(7); book.zoomBy(1); await book.search('nghi quyet');
 *     book.close();
 */
import { Failure } from '../failure.ts';
import type { Hit, Outline, PageSource, PageText, ReadablePaper } from './source.ts';
import { PageWindow } from './window.svelte.ts';
import { type Seen, type Size, type Zoom, drawnSize, pictureWidth, scaleOf, step } from './zoom.ts';

const A4: Size = { width: 595, height: 842 };

/** The state of a search: `hits` is null while it runs. */
export interface Search {
  query: string;
  hits: readonly Hit[] | null;
  failure: Failure | null;
}

export class Book {
  readonly window: PageWindow;
  #page = $state(1);
  #zoom = $state.raw<Zoom>('width');
  #stage = $state.raw<Size>({ width: 0, height: 0 });
  #outline = $state.raw<Outline>({ sizes: [], outline: [] });
  #search = $state.raw<Search | null>(null);
  #closing = new AbortController();
  #searching = new AbortController();

  constructor(
    readonly paper: ReadablePaper,
    private readonly source: PageSource,
    { page = 1, zoom = 'width' as Zoom } = {},
  ) {
    this.window = new PageWindow(paper.pages, (n, width, signal) => source.bitmap(paper, n, width, signal));
    this.#page = this.#within(page);
    this.#zoom = zoom;
    // Without the outline pages are taken for A4 and corrected by their pictures; there is nothing to tell anyone.
    source.outline(paper, this.#closing.signal).then(
      (outline) => (this.#outline = outline),
      () => undefined,
    );
  }

  get page(): number {
    return this.#page;
  }
  get zoom(): Zoom {
    return this.#zoom;
  }
  /** The scale pages are drawn at now; 1 is the paper's own size. */
  get scale(): number {
    return scaleOf(this.#zoom, this.sizeOf(this.#page), this.#stage);
  }
  get outline(): Outline['outline'] {
    return this.#outline.outline;
  }
  get currentSearch(): Search | null {
    return this.#search;
  }

  /** A page's size in points. */
  sizeOf(page: number): Size {
    const known = this.#outline.sizes[page - 1];
    if (known) return { width: known[0], height: known[1] };
    const canvas = this.window.shown.page === page ? this.window.shown.canvas : null;
    return canvas?.width ? { width: A4.width, height: (A4.width * canvas.height) / canvas.width } : A4;
  }

  /** The size in CSS pixels of the page being read. */
  get drawn(): Size {
    return drawnSize(this.scale, this.sizeOf(this.#page));
  }

  /** Turn to a page; gives whether that was another one. */
  turnTo(page: number): boolean {
    const there = this.#within(page);
    if (there === this.#page) return false;
    this.#page = there;
    return true;
  }

  zoomTo(zoom: Zoom): void {
    this.#zoom = zoom;
  }

  /** Show what somebody else sees of a page, as far as it fits. */
  lookAt(part: Seen): void {
    this.#zoom = part;
  }

  /** The part to be in view on this page, when it is somebody else's. */
  get part(): Seen | null {
    return typeof this.#zoom === 'object' && this.#zoom.page === this.#page ? this.#zoom : null;
  }

  /** What is shown stays as it is, and is one's own from here on. */
  stay(): void {
    if (typeof this.#zoom !== 'object') return;
    const fit = scaleOf('width', this.sizeOf(this.#page), this.#stage);
    this.#zoom = this.scale === fit ? 'width' : this.scale;
  }

  zoomBy(direction: 1 | -1): void {
    this.#zoom = step(this.scale, direction);
  }

  /** Draw what is in front on a stage of this size; call again whenever anything of it changes. */
  draw(stage: Size, pixelRatio: number): void {
    this.#stage = stage;
    const width = (page: number): number => {
      const size = this.sizeOf(page);
      return pictureWidth(drawnSize(scaleOf(this.#zoom, size, stage), size).width, pixelRatio);
    };
    this.window.show(this.#page, width);
  }

  text(page: number, signal: AbortSignal): Promise<PageText> {
    return this.source.text(this.paper, page, signal);
  }

  thumbnail(page: number): string {
    return this.source.address(this.paper, page, 160);
  }

  /** Look for words; the newest search wins. */
  async search(query: string): Promise<void> {
    this.#searching.abort();
    const mine = new AbortController();
    this.#searching = mine;
    this.#search = { query, hits: null, failure: null };
    try {
      const hits = await this.source.search(this.paper, query, mine.signal);
      if (!mine.signal.aborted) this.#search = { query, hits, failure: null };
    } catch (thrown) {
      if (!mine.signal.aborted) this.#search = { query, hits: null, failure: Failure.from(thrown) };
    }
  }

  endSearch(): void {
    this.#searching.abort();
    this.#search = null;
  }

  close(): void {
    this.#closing.abort();
    this.#searching.abort();
    this.window.close();
  }

  #within(page: number): number {
    return Math.min(this.paper.pages, Math.max(1, Math.trunc(page) || 1));
  }
}
