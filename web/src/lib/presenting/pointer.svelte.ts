/**
 * The presenter's pointer on a page (F1, W110): what came last, until it is over; and one's own, on its way to everybody.
 *
 * Rules: shown on the very page it is of and no longer than {@link SHOWN_MS} after the last one; nothing of it is kept. One's own is told
 * at most ten times a second, the newest place always last.
 *
 *     const pointer = new Pointer(); pointer.hear(told); pointer.at(paper, version, page)
 *     const hand = new Hand((place) => tell(place)); hand.move(0.5, 0.2)
 */
export interface Pointed {
  paper: string;
  version: number;
  page: number;
  /** Ten-thousandths of the page's width and height. */
  x: number;
  y: number;
}

export const SHOWN_MS = 2500;
const EVERY_MS = 100;
const SCALE = 10_000;

export class Pointer {
  #now = $state.raw<Pointed | null>(null);
  #over: ReturnType<typeof setTimeout> | undefined;

  hear(told: Pointed): void {
    this.#now = told;
    clearTimeout(this.#over);
    this.#over = setTimeout(() => (this.#now = null), SHOWN_MS);
  }

  /** Where it is on this page; null when it is not there. Reactive. */
  at(paper: string, version: number, page: number): { x: number; y: number } | null {
    const now = this.#now;
    return now && now.paper === paper && now.version === version && now.page === page ? { x: now.x / SCALE, y: now.y / SCALE } : null;
  }

  close(): void {
    clearTimeout(this.#over);
    this.#now = null;
  }
}

export class Hand {
  #waiting: { x: number; y: number } | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly tell: (place: { x: number; y: number }) => void) {}

  /** Shares of the page's width and height; outside of it nothing is told. */
  move(x: number, y: number): void {
    if (x < 0 || x > 1 || y < 0 || y > 1) return;
    this.#waiting = { x: Math.round(x * SCALE), y: Math.round(y * SCALE) };
    if (this.#timer === undefined) this.#send();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting = null;
  }

  #send(): void {
    const place = this.#waiting;
    this.#waiting = null;
    if (!place) {
      this.#timer = undefined;
      return;
    }
    this.tell(place);
    this.#timer = setTimeout(() => this.#send(), EVERY_MS);
  }
}
