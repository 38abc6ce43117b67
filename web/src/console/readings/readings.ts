/**
 * Who has opened which paper of a meeting: one board for all its papers, asked anew when somebody looks.
 *
 *     const board = boardOf(desk);
 *     $effect(() => board.follow());
 *     lineOf(board.found.value, paper)?.opened
 */
import { Fetched } from '../fetched.svelte.ts';
import type { MeetingDesk } from '../meeting/desk.svelte.ts';
import { session } from '../session.svelte.ts';

/** Somebody who has not opened the version that is out; `older`: they have opened one before it. */
export interface Unread {
  person: string;
  name: string;
  position: string;
  older: boolean;
  reminders: number;
  reminded_at: string | null;
}

export interface OpenedLine {
  paper: string;
  version: number;
  of: number;
  opened: number;
  unread: Unread[];
}

export interface OpenedBoard {
  papers: OpenedLine[];
  /** Whether who looks may remind. */
  may: boolean;
}

/** A paper that this person was reminded of. */
export interface ToRead {
  meeting: string;
  title: string;
  starts_at: string;
  paper: string;
  paper_title: string;
  reminders: number;
  reminded_at: string;
}

/** One fact of the record, as an auditor reads it. */
export interface Reading {
  number: number;
  person: string;
  name: string;
  paper: string;
  title: string;
  version: number;
  /** 0: opened. */
  page: number;
  how: 'opened' | 'front' | 'sent';
  place: 'seat' | 'console';
  seat_label: string;
  at: string;
}

export interface ReadingsPage {
  readings: Reading[];
  next: number | null;
  intact: boolean;
  kept: number;
  rows: number;
  /** All of whom there is a row, members of the meeting or not. */
  people: { person: string; name: string }[];
}

const boards = new WeakMap<MeetingDesk, Board>();

/** The board of a meeting, whoever asks for it. */
export function boardOf(desk: MeetingDesk): Board {
  const board = boards.get(desk) ?? new Board(desk.path);
  boards.set(desk, board);
  return board;
}

export function lineOf(board: OpenedBoard | null, paper: string): OpenedLine | undefined {
  return board?.papers.find((line) => line.paper === paper);
}

export class Board {
  readonly found: Fetched<OpenedBoard>;
  #followers = 0;

  constructor(readonly path: string) {
    this.found = new Fetched(() => session.api.get<OpenedBoard>(`${path}/readings`));
  }

  /**
   * Ask now, and whenever somebody comes back to the page, until the returned function is called by all who called this. Never by
   * the clock: a page that asks by itself would put off the lock of who has gone.
   */
  follow(): () => void {
    this.#followers += 1;
    if (this.#followers === 1) {
      void this.found.load();
      document.addEventListener('visibilitychange', this.#look);
    }
    return () => {
      this.#followers -= 1;
      if (this.#followers === 0) document.removeEventListener('visibilitychange', this.#look);
    };
  }

  /** Remind these, or everybody who has not opened it; gives whom. Throws `Failure`. */
  async remind(paper: string, people: readonly string[]): Promise<string[]> {
    const body = people.length > 0 ? { people } : {};
    const done = await session.api.send<{ reminded: string[] }>('POST', `${this.path}/readings/${paper}/remind`, body);
    await this.found.load();
    return done.reminded;
  }

  #look = (): void => void (document.visibilityState === 'visible' && this.found.load());
}
