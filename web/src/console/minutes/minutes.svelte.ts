/**
 * The minutes of a meeting as a person works on them (docs/MINUTES.md).
 *
 * Rules: the first picture comes by an ordinary call; whenever somebody changes the minutes, or the record changes, they are asked for anew.
 * What was typed and not saved stays here while another part of the meeting is shown.
 *
 *     const minutes = new MinutesDesk(meeting);
 *     $effect(() => minutes.start());
 */
import { Failure } from '$lib/failure.ts';
import { session } from '../session.svelte.ts';

export interface Paragraph {
  paragraph: string;
  kind: 'fact' | 'note';
  text: string;
  /** What the record says; null: no fact. */
  record: string | null;
  version: number;
  /** The events it is drawn from. */
  seqs: number[];
  differs: boolean;
  moved: boolean;
  added: boolean;
  reason: string;
  by: string;
  at: string | null;
}
export interface Comment {
  comment: number;
  paragraph: string;
  quote: string;
  text: string;
  person: string;
  by: string;
  at: string;
  state: 'open' | 'accepted' | 'answered';
  answer: string;
  answered_by: string;
  answered_at: string | null;
}
export interface Part {
  section: string;
  title: string;
  item: string | null;
  paragraphs: Paragraph[];
}
export interface Minutes {
  state: 'drafting' | 'signing' | 'signed';
  stamp: number;
  seq: number;
  generation: number;
  round: string | null;
  returned: { reason: string; by: string } | null;
  comments_until: string | null;
  comments_open: boolean;
  /** When they were put up to be signed, where that ended the comments before their day. */
  comments_cut: string | null;
  /** `file`: have the file that is signed. */
  may: { write: boolean; comment: boolean; file: boolean };
  parts: Part[];
  differences: string[];
  comments: Comment[];
  open_comments: number;
  late: string[];
  lacks: string[];
  /** What the registry gave them, once it has. */
  number: string | null;
  numbered_on: string | null;
  /** Who may give a number; for who may put them up. */
  clerks: { person: string; name: string }[];
}
export interface Line {
  number: number;
  paragraph: string;
  version: number;
  change: 'edited' | 'added' | 'removed' | 'record' | 'restored';
  text: string | null;
  was: string;
  reason: string;
  by: string;
  at: string;
}
/** What somebody else wrote meanwhile (`minutes-paragraph-moved`). */
export interface Moved {
  version: number;
  text: string;
  by: string;
  at: string;
  removed: boolean;
}

/** What was typed, by meeting and paragraph. */
export interface Typed {
  text: string;
  reason: string;
  version: number;
}
const typed = new Map<string, Typed>();

/** The words alone: how lines are broken is no difference (as `server/minutes/document.py: plain`). */
export const plain = (text: string): string => text.split(/\s+/u).filter(Boolean).join(' ');

/** A paragraph's name as an address within the page. */
export const anchor = (paragraph: string): string => `doan-${paragraph.replace(/[^\w-]/g, '-')}`;

export class MinutesDesk {
  #minutes = $state.raw<Minutes | null>(null);
  #failure = $state.raw<Failure | null>(null);
  #asked = 0;

  constructor(readonly meeting: string) {}

  get path(): string {
    return `/api/meetings/${this.meeting}/minutes`;
  }
  get now(): Minutes | null {
    return this.#minutes;
  }
  get failure(): Failure | null {
    return this.#failure;
  }

  /** Begin; the returned function ends it. */
  start(): () => void {
    void this.load();
    const hear = (told: { meeting: string; minutes?: number }): void => {
      if (told.meeting === this.meeting && this.#minutes !== null) void this.load();
    };
    return session.socket.subscribe('signing', hear, (socket) => socket.emit('watch_signing', { meeting: this.meeting }));
  }
  async load(): Promise<void> {
    const mine = (this.#asked += 1);
    try {
      const found = await session.api.get<Minutes>(this.path);
      if (mine !== this.#asked) return;
      this.#minutes = found;
      this.#failure = null;
    } catch (thrown) {
      if (mine === this.#asked) this.#failure = Failure.from(thrown);
    }
  }
  /** A change; throws `Failure`. */
  async send<T>(method: 'POST' | 'PUT', what: string, body: unknown): Promise<T> {
    const answer = (await session.api.send(method, `${this.path}/${what}`, body)) as T;
    await this.load();
    return answer;
  }

  typed(paragraph: string): Typed | undefined {
    return typed.get(`${this.meeting} ${paragraph}`);
  }
  keep(paragraph: string, what: Typed | null): void {
    if (what === null) typed.delete(`${this.meeting} ${paragraph}`);
    else typed.set(`${this.meeting} ${paragraph}`, what);
  }
}
