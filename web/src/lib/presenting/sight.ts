/**
 * Zoom and place on the page between who presents and who follows (F1, W124, W125), the same at a seat and at a console.
 *
 * Rules: who presents tells what they see at most four times a second, the newest always; again a second later and every five seconds
 * from then, for screens that missed it or came later. Who follows is shown it; who does not, or leads from here on, keeps what is in
 * front as it is. Of several screens of who presents the one that they touched last leads, and the others are shown its part (W124);
 * where nobody is heard to lead – after a reload, or because two
 * yielded to each other at the same moment –, a screen does so by itself after a while.
 *
 *     const sight = new Sight((part) => seat.view(part));
 *     sight.touched(); sight.sees(box, page); sight.look({ book, view: live.view, presents: true, leads: true, follows: false });
 */
import { Pace } from '../pace.ts';
import type { Book } from '../reader/book.svelte.ts';
import { type Box, type Part, same } from './part.ts';

const EVERY_MS = 250;
const AGAIN_MS = 1000;
const ALWAYS_MS = 5000;
/** Longer than any screen that leads is silent; and how much longer at most, so that of two that wait one is the first. */
const SILENCE_MS = 6000;
const APART_MS = 3000;
/** So many words may be on their way back to who said them. */
const ON_THEIR_WAY = 40;

export interface Looking {
  book: Book | null;
  /** What the presenter sees, as it was told last. */
  view: Part | null;
  /** This person presents. */
  presents: boolean;
  /** This person presents the page in front. */
  leads: boolean;
  /** Somebody else presents, and this screen goes with them. */
  follows: boolean;
  /** How many parts were told so far, the same again counted, too. */
  words: () => number;
}

export class Sight {
  #seen: { page: number; box: Box } | null = null;
  #told: Part | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pace = new Pace<Part>(EVERY_MS, (part) => this.#tell(part));
  /** Of all screens at which the person presents they touched this one last. */
  #hand = false;
  #presented = false;
  #heard: Part | null = null;
  /** What was said here and not heard back yet, the oldest first. */
  #said: Part[] = [];
  #silence: ReturnType<typeof setTimeout> | undefined;
  #last: Looking | null = null;

  #words = 0;

  constructor(
    private readonly say: (part: Part) => void,
    private readonly patienceMs = SILENCE_MS + APART_MS * Math.random(),
  ) {}

  /** This is what can be seen here of the page in front. */
  sees(box: Box, page: number): void {
    this.#seen = { page, box };
  }

  /** Who presents has turned, zoomed or scrolled here: this screen leads. */
  touched(): void {
    this.#hand = true;
  }

  /** They did so elsewhere. */
  yields(): void {
    this.#hand = false;
  }

  /** Told at every change of any of it. */
  look(now: Looking): void {
    const { book, view, presents, leads } = now;
    this.#last = now;
    if (this.#presented && !presents) this.#hand = false;
    this.#presented = presents;
    this.#hear(view, presents);
    this.#listen(leads && !this.#hand);
    const follows = now.follows || (presents && !this.#hand);
    if (!leads || !this.#hand) this.#quiet();
    if (!follows) book?.stay();
    if (!book) return;
    const { paper, version } = book.paper;
    if (leads && this.#hand && this.#seen?.page === book.page) this.#lead({ paper, version, page: book.page, ...this.#seen.box });
    const isOf = view?.paper === paper && view.version === version && view.page === book.page;
    if (follows && isOf) book.lookAt(view);
  }

  /** Nobody follows any more. */
  stop(): void {
    this.#quiet();
    this.#listen(false);
  }

  /* What one says comes back in the order it was said in; anything else was said at another screen. */
  #hear(view: Part | null, presents: boolean): void {
    if (view === this.#heard) return;
    this.#heard = view;
    if (!view) return;
    const at = this.#said.findIndex((each) => same(each, view));
    if (at >= 0) this.#said.splice(0, at + 1);
    else if (presents) this.#hand = false;
  }

  #listen(waits: boolean): void {
    if (waits && this.#silence !== undefined) return;
    clearTimeout(this.#silence);
    this.#silence = undefined;
    if (!waits) return;
    this.#words = this.#last!.words();
    this.#silence = setTimeout(() => {
      this.#silence = undefined;
      this.#hand = this.#last!.words() === this.#words;
      this.look(this.#last!);
    }, this.patienceMs);
  }

  #quiet(): void {
    clearTimeout(this.#timer);
    this.#pace.stop();
    this.#told = null;
  }

  #lead(part: Part): void {
    if (same(part, this.#told)) return;
    this.#told = part;
    this.#pace.push(part);
    this.#again(part, AGAIN_MS);
  }

  #again(part: Part, afterMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#tell(part);
      this.#again(part, ALWAYS_MS);
    }, afterMs);
  }

  #tell(part: Part): void {
    if (!same(part, this.#said.at(-1) ?? null)) this.#said = [...this.#said, part].slice(-ON_THEIR_WAY);
    this.say(part);
  }
}
