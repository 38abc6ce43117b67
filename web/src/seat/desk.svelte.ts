/**
 * What lies in front of the person: the list of papers, or one paper open at a page; and whether it follows the presenter.
 *
 * Rules (F1): opening or turning to something of one's own leaves the presenter, one tap returns. Whoever presents takes everyone
 * along by turning pages of the presented paper. A paper opens again where it was left; what lies in front is told to the agent, so
 * that it lies there again after a lock and at the next seat (I2).
 *
 *     const desk = new Desk(seat);
 *     desk.hear(presenting);
 *     desk.open(paper);
 */
import { Book } from '$lib/reader/book.svelte.ts';
import { Following } from '$lib/reader/following.svelte.ts';
import type { Box } from '$lib/presenting/part.ts';
import { Sight } from '$lib/presenting/sight.ts';
import { pictureWidth } from '$lib/reader/zoom.ts';
import { activeItem, type Paper, type Presenting, published } from '$lib/sections.ts';
import { Pace } from '$lib/pace.ts';
import type { Seat } from './seat.svelte.ts';
import type { Front, Held } from './sections.ts';

interface Place {
  paper: string;
  version: number;
  page: number;
}

const PRESENT_EVERY_MS = 300;
/** As many papers as a person may well open next; each costs the seat a picture. */
const PREPARED = 6;

export class Desk {
  readonly following = new Following();
  /** Null: the list of papers is in front. */
  #place = $state.raw<Place | null>(null);
  #item = $state<string | null>(null);
  #book = $state.raw<Book | null>(null);
  #left = new Map<string, number>();
  #prepared = new Set<string>();
  #sight = new Sight((part) => this.seat.view(part));
  #pace = new Pace<Place>(PRESENT_EVERY_MS, (place) => this.seat.ask('present', place));

  constructor(private readonly seat: Seat) {
    const front = seat.now.front;
    if (!front) return;
    this.following.resume(front.follows, front.call);
    if (front.paper) this.#put({ paper: front.paper, version: front.version!, page: front.page! });
  }

  /** What lies in front, as it is told: of who goes with the presenter only that. Reactive. */
  get front(): Front {
    const { on: follows, call } = this.following;
    if (!this.#place || (this.#presenting && follows)) return { follows, call };
    return { paper: this.#place.paper, version: this.#place.version, page: this.#book?.page ?? this.#place.page, follows, call };
  }

  /** The paper in front, if any. */
  get paper(): Paper | undefined {
    return this.seat.now.papers?.find((paper) => paper.paper === this.#place?.paper);
  }
  /** Open only when the paper is complete on this seat. */
  get book(): Book | null {
    return this.#book;
  }
  /** How far the paper in front has come. */
  get held(): Held | undefined {
    return this.#place ? this.holding(this.#place) : undefined;
  }
  /** The agenda item this person looks at: chosen, or that of the paper in front. */
  get item(): string | null {
    return this.paper?.item ?? this.#item;
  }
  /** Papers this seat may show, in the order of the agenda. */
  get papers(): Paper[] {
    const order = new Map((this.seat.now.agenda ?? []).map((item, at) => [item.item, at]));
    return published(this.seat.now.papers ?? []).toSorted((a, b) => (order.get(a.item) ?? 0) - (order.get(b.item) ?? 0));
  }
  /** Whether this person is the one who presents. */
  get presents(): boolean {
    return this.#presenting !== null && this.#presenting.person === this.seat.now.person?.id;
  }
  /** Whether the paper in front is the one that is presented. */
  get inFront(): boolean {
    return this.#presenting !== null && this.#place?.paper === this.#presenting.paper;
  }

  holding(place: { paper: string; version: number }): Held | undefined {
    return this.seat.now.holding?.[`${place.paper}.${place.version}`];
  }

  /** Told at every change of what is presented. */
  hear(presenting: Presenting | null): void {
    const place = this.following.hear(presenting);
    if (!place) return;
    if (!this.presents || !this.#place) this.#go(place);
    // Their own turning is ahead of what comes back; with nothing of it on its way the page was turned at their console.
    else if (!this.#pace.busy && !this.seat.waits('present') && this.inFront && this.#book?.turnTo(place.page)) this.#sight.yields();
  }

  /** Show the papers of an item; its only paper opens at once. */
  select(item: string): void {
    const papers = this.papers.filter((paper) => paper.item === item);
    this.#item = item;
    if (papers.length === 1) this.open(papers[0]!);
    else this.list();
  }

  /** With the list in front: have the pages made that papers would open at, `across` CSS pixels wide, those of the item at hand first. */
  prepare(across: number): void {
    const width = pictureWidth(across, devicePixelRatio);
    const near = this.item ?? activeItem(this.seat.now.agenda ?? [])?.item;
    const likely = this.papers.toSorted((a, b) => Number(b.item === near) - Number(a.item === near)).slice(0, PREPARED);
    for (const { paper, published_version: version, title, pages } of likely) {
      const page = this.#left.get(paper) ?? 1;
      const key = `${paper}.${version}.${page}.${width}`;
      if (this.#prepared.has(key) || !this.holding({ paper, version })?.ready) continue;
      this.#prepared.add(key);
      this.seat.pages.prepare({ paper, version, title, pages }, page, width);
    }
  }

  /** Show the list of papers. */
  list(): void {
    this.#leave();
    this.#item = this.item;
    this.#put(null);
  }

  /** Open a paper where it was left. */
  open(paper: Paper): void {
    this.#leave();
    this.#go({ paper: paper.paper, version: paper.published_version, page: this.#left.get(paper.paper) ?? 1 });
  }

  /** The person has turned to a page of the book in front. */
  turned(page: number): void {
    const place = this.#place;
    if (!place) return;
    this.#left.set(place.paper, page);
    if (this.presents && this.inFront) {
      this.#sight.touched();
      this.#pace.push({ ...place, page });
    } else if (this.#presenting) this.following.leave();
  }

  /** The person has zoomed: as turning a page, it is a view of their own (W125). */
  zoomed(): void {
    if (this.#leads) this.#sight.touched();
    else if (this.#presenting && !this.presents) this.following.leave();
  }

  /** The person sees this part of the page in front; `moved` there by their own hand. */
  sees(box: Box, moved: boolean): void {
    if (this.#book) this.#sight.sees(box, this.#book.page);
    if (moved && this.#leads) this.#sight.touched();
    this.look();
  }

  /** Tell what the presenter sees here, or show what they see elsewhere (W124, W125); call when any of it changes. */
  look(): void {
    const follows = this.#presenting !== null && !this.presents && this.following.on;
    const { live } = this.seat;
    this.#sight.look({ book: this.#book, view: live.view, presents: this.presents, leads: this.#leads, follows, words: () => live.words });
  }

  /** Back to the presenter. */
  rejoin(): void {
    this.following.rejoin();
    if (this.#presenting) this.#go(this.#presenting);
  }

  /** Show everyone the page in front. */
  present(): void {
    if (!this.#place || !this.#book) return;
    this.#sight.touched();
    this.#pace.push({ ...this.#place, page: this.#book.page });
  }

  /** Open the book when its paper is complete, and the new version when there is one; call when sections change. */
  settle(): void {
    const place = this.#place;
    if (!place) return;
    const newest = this.paper?.published_version ?? place.version;
    if (newest !== place.version && this.holding({ paper: place.paper, version: newest })?.ready) {
      this.#go({ ...place, version: newest, page: this.#book?.page ?? place.page });
    } else if (!this.#book && this.held?.ready) {
      this.#put(place);
    }
  }

  /** The mark on every page says when it was drawn, to ten minutes (P6): call when these are over. */
  mark(): void {
    this.#book?.window.redraw();
  }

  close(): void {
    this.#pace.stop();
    this.#sight.stop();
    this.#put(null);
  }

  get #presenting(): Presenting | null {
    return this.seat.now.presenting ?? null;
  }

  /** The page in front is the one that this person presents. */
  get #leads(): boolean {
    return this.presents && this.inFront && this.#book?.page === this.#presenting!.page;
  }

  #leave(): void {
    if (this.#presenting && !this.presents) this.following.leave();
  }

  #go({ paper, version, page }: Place): void {
    const same = this.#place?.paper === paper && this.#place.version === version;
    if (same && this.#book) this.#book.turnTo(page);
    else this.#put({ paper, version, page });
  }

  #put(place: Place | null): void {
    const zoom = this.#book?.zoom;
    this.#book?.close();
    this.#place = place;
    const paper = this.paper;
    const ready = place && paper && this.holding(place)?.ready;
    this.#book = ready
      ? new Book({ paper: paper.paper, version: place.version, title: paper.title, pages: paper.pages }, this.seat.pages, {
          page: place.page,
          zoom: zoom === 'page' ? 'page' : 'width',
        })
      : null;
  }
}
