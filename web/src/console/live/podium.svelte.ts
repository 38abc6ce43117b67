/**
 * What the chair has in front at the console, and what everybody is shown (F1).
 *
 * Rules: whoever presents takes all along by turning pages of the presented paper; calls go one at a time and only the newest page
 * waits, so leafing through twenty pages is not twenty calls. While somebody else presents, this screen follows until a page of one's
 * own is opened. The same person may present at a seat, too: then the pages of the seat are followed here, and of the two screens the one
 * touched last says which part of the page is seen (W124).
 *
 *     const podium = new Podium(desk);
 *     podium.hear(presenting); podium.open(paper); podium.present();
 */
import { Book } from '$lib/reader/book.svelte.ts';
import { Following } from '$lib/reader/following.svelte.ts';
import type { Box } from '$lib/presenting/part.ts';
import { Sight } from '$lib/presenting/sight.ts';
import type { Paper, Presenting } from '$lib/sections.ts';
import type { MeetingDesk } from '../meeting/desk.svelte.ts';
import { session } from '../session.svelte.ts';

interface Page {
  paper: string;
  page: number;
}

const BETWEEN_MS = 250;

export class Podium {
  readonly following = new Following();
  /** One's own pointer is shown to everybody; asked for anew each time one presents. */
  pointing = $state(false);
  #book = $state.raw<Book | null>(null);
  #busy = $state(false);
  // Volatile: what somebody saw while the connection was broken is of no use to anybody after it.
  #sight = new Sight((part) => void session.socket.current?.then((socket) => socket.volatile.emit('view_at', { meeting: this.desk.id, ...part })));
  #next: Page | null = null;
  #left = new Map<string, number>();
  #closed = false;
  /** The paper was put away on purpose: it does not come back by itself. */
  #away = false;

  constructor(private readonly desk: MeetingDesk) {}

  get book(): Book | null {
    return this.#book;
  }
  /** A page is being told to everybody. */
  get busy(): boolean {
    return this.#busy;
  }
  get #shown(): Presenting | null {
    return this.desk.now.presenting;
  }
  /** Whether this person presents. */
  get presents(): boolean {
    return this.#shown?.person === session.me.id;
  }
  /** Whether the paper in front is the one that is presented. */
  get onPaper(): boolean {
    return this.#shown !== null && this.#book?.paper.paper === this.#shown.paper;
  }
  get onPage(): boolean {
    return this.onPaper && this.#book?.page === this.#shown?.page;
  }

  /** Told at every change of what is presented. */
  hear(presenting: Presenting | null): void {
    if (!this.presents) this.pointing = false;
    const place = this.following.hear(presenting);
    if (!place) return;
    if (!this.presents || (this.#book === null && !this.#away)) this.#go(place.paper, place.page);
    else if (!this.#busy && this.onPaper && this.#book!.turnTo(place.page)) this.#sight.yields();
  }

  open(paper: Paper): void {
    if (this.#shown && !this.presents) this.following.leave();
    this.#go(paper.paper, this.#left.get(paper.paper) ?? 1);
  }

  /** Show everybody the page in front, or the first page of `paper`. */
  present(paper?: Paper): void {
    if (paper) this.#go(paper.paper, this.#left.get(paper.paper) ?? 1);
    if (!this.#book) return;
    this.#sight.touched();
    void this.#tell({ paper: this.#book.paper.paper, page: this.#book.page });
  }

  /** The person has turned to a page of the book in front. */
  turned(page: number): void {
    const paper = this.#book!.paper.paper;
    this.#left.set(paper, page);
    if (this.presents && this.onPaper) {
      this.#sight.touched();
      void this.#tell({ paper, page });
    } else if (this.#shown && !this.presents) this.following.leave();
  }

  /** The person has zoomed: as turning a page, it is a view of their own (W125). */
  zoomed(): void {
    if (this.presents && this.onPage) this.#sight.touched();
    else if (this.#shown && !this.presents) this.following.leave();
  }

  /** The person sees this part of the page in front; `moved` there by their own hand. */
  sees(box: Box, moved: boolean): void {
    if (this.#book) this.#sight.sees(box, this.#book.page);
    if (moved && this.presents && this.onPage) this.#sight.touched();
    this.look();
  }

  /** Tell what the presenter sees here, or show what they see elsewhere (W124, W125); call when any of it changes. */
  look(): void {
    const follows = this.#shown !== null && !this.presents && this.following.on;
    const { presents } = this;
    const { live } = this.desk;
    this.#sight.look({ book: this.#book, view: live.view, presents, leads: presents && this.onPage, follows, words: () => live.words });
  }

  /** To what everybody sees. */
  rejoin(): void {
    this.following.rejoin();
    if (this.#shown) this.#go(this.#shown.paper, this.#shown.page);
  }

  /** Put the paper away. */
  put(): void {
    if (this.#shown && !this.presents) this.following.leave();
    this.#away = true;
    this.#book?.close();
    this.#book = null;
  }

  close(): void {
    this.#closed = true;
    this.#next = null;
    this.#sight.stop();
    this.#book?.close();
    this.#book = null;
  }

  #go(id: string, page: number): void {
    const paper = this.desk.now.papers.find((one) => one.paper === id);
    if (!paper || paper.published_version === 0) return;
    this.#away = false;
    if (this.#book?.paper.paper === id && this.#book.paper.version === paper.published_version) {
      this.#book.turnTo(page);
      return;
    }
    const zoom = this.#book?.zoom === 'page' ? 'page' : 'width';
    this.#book?.close();
    const pages = paper.published_pages || paper.pages;
    this.#book = new Book({ paper: id, version: paper.published_version, title: paper.title, pages }, this.desk.pages, { page, zoom });
  }

  async #tell(page: Page): Promise<void> {
    this.#next = page;
    if (this.#busy) return;
    this.#busy = true;
    while (this.#next) {
      const now: Page = this.#next;
      this.#next = null;
      await this.desk.act('present', now);
      if (this.#closed) break;
      await new Promise((done) => setTimeout(done, BETWEEN_MS));
    }
    this.#busy = false;
  }
}
