/**
 * The pages around the one being read, each drawn on a canvas of its own, ready to be put in front.
 *
 * Rules: one page is fetched at a time, because one process renders them; the page being read goes first, then two pages either way,
 * the next before the one before. A page that leaves the window gives its memory back at once. A page is drawn again when the wanted
 * width changes, and its old picture stays up until then.
 *
 *     const pages = new PageWindow(300, (page, width, signal) => source.bitmap(paper, page, width, signal));
 *     pages.show(3, () => 800);
 *     pages.shown.canvas, pages.shown.failure
 */
import { Failure } from '../failure.ts';

const AHEAD = 2;

export type LoadPage = (page: number, width: number, signal: AbortSignal) => Promise<ImageBitmap>;

/** What to put on the screen for the page being read; both null while it is on its way. */
export interface Shown {
  page: number;
  canvas: HTMLCanvasElement | null;
  failure: Failure | null;
}

interface Slot {
  width: number;
  canvas: HTMLCanvasElement | null;
  failure: Failure | null;
}

interface Flight {
  page: number;
  width: number;
  abort: AbortController;
}

export class PageWindow {
  #shown = $state.raw<Shown>({ page: 0, canvas: null, failure: null });
  #slots = new Map<number, Slot>();
  #flight: Flight | null = null;
  #page = 0;
  #widthOf: (page: number) => number = () => 0;
  #closed = false;

  constructor(
    private readonly count: number,
    private readonly load: LoadPage,
    private readonly paint: (bitmap: ImageBitmap) => HTMLCanvasElement = paintOnCanvas,
  ) {}

  /** Reactive. */
  get shown(): Shown {
    return this.#shown;
  }

  /** Put `page` in front, at the width each page needs now. */
  show(page: number, widthOf: (page: number) => number): void {
    this.#page = page;
    this.#widthOf = widthOf;
    for (const [there, slot] of this.#slots) {
      if (Math.abs(there - page) > AHEAD) this.#drop(there, slot);
      else slot.failure = null;
    }
    const flight = this.#flight;
    if (flight && (flight.width !== widthOf(flight.page) || (flight.page !== page && this.#wanted(page)))) {
      flight.abort.abort();
      this.#flight = null;
    }
    this.#publish();
    this.#pump();
  }

  /** Draw every page again: what is on it besides the paper has changed. */
  redraw(): void {
    this.#flight?.abort.abort();
    this.#flight = null;
    for (const slot of this.#slots.values()) slot.width = 0;
    this.retry();
  }

  /** Try the page in front again. */
  retry(): void {
    this.show(this.#page, this.#widthOf);
  }

  close(): void {
    this.#closed = true;
    this.#flight?.abort.abort();
    for (const [page, slot] of this.#slots) this.#drop(page, slot);
  }

  #wanted(page: number): boolean {
    const slot = this.#slots.get(page);
    if (slot === undefined) return true;
    return slot.failure === null && slot.width !== this.#widthOf(page);
  }

  #next(): number | undefined {
    const order = [0, 1, -1, 2, -2].map((step) => this.#page + step);
    return order.find((page) => page >= 1 && page <= this.count && this.#wanted(page));
  }

  #pump(): void {
    if (this.#flight || this.#closed) return;
    const page = this.#next();
    if (page === undefined) return;
    const flight: Flight = { page, width: this.#widthOf(page), abort: new AbortController() };
    this.#flight = flight;
    void this.#fly(flight).finally(() => {
      if (this.#flight === flight) this.#flight = null;
      this.#pump();
    });
  }

  async #fly({ page, width, abort }: Flight): Promise<void> {
    const old = this.#slots.get(page)?.canvas ?? null;
    try {
      const bitmap = await this.load(page, width, abort.signal);
      if (abort.signal.aborted || this.#closed) {
        bitmap.close();
        return;
      }
      this.#slots.set(page, { width, canvas: this.paint(bitmap), failure: null });
      free(old);
    } catch (thrown) {
      if (abort.signal.aborted) return;
      this.#slots.set(page, { width: 0, canvas: old, failure: Failure.from(thrown) });
    }
    if (page === this.#page) this.#publish();
  }

  #publish(): void {
    const { canvas = null, failure = null } = this.#slots.get(this.#page) ?? {};
    const was = this.#shown;
    // The same thing told twice would draw everything that reads it twice.
    if (was.page === this.#page && was.canvas === canvas && was.failure === failure) return;
    this.#shown = { page: this.#page, canvas, failure };
  }

  #drop(page: number, slot: Slot): void {
    this.#slots.delete(page);
    free(slot.canvas);
  }
}

/** A canvas that takes the bitmap over without copying it. */
function paintOnCanvas(bitmap: ImageBitmap): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  canvas.getContext('bitmaprenderer')!.transferFromImageBitmap(bitmap);
  return canvas;
}

/** A canvas keeps its picture until the collector comes; without a size it keeps nothing. */
function free(canvas: HTMLCanvasElement | null): void {
  if (canvas) canvas.width = canvas.height = 0;
}
