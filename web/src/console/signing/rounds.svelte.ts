/**
 * The papers of a meeting that are being signed, kept true while they are looked at.
 *
 * Rules: the first picture comes by an ordinary call, everything after it live; a lease that has run out is over by the clock alone.
 *
 *     const rounds = new Rounds(meeting);
 *     $effect(() => rounds.start());
 */
import { Failure } from '$lib/failure.ts';
import { session } from '../session.svelte.ts';

export type PaperKind = 'minutes' | 'resolution' | 'notice' | 'attendance' | 'invitation';
export type Order = 'ordered' | 'parallel';
export type Level = 'b-b' | 'b-t' | 'b-lta';
export type MarkKind = 'none' | 'picture' | 'seal' | 'line';

export const KINDS: readonly PaperKind[] = ['minutes', 'resolution', 'notice', 'attendance', 'invitation'];
export const ORDERS: readonly Order[] = ['ordered', 'parallel'];
export const LEVELS: readonly Level[] = ['b-b', 'b-t', 'b-lta'];
export const MARKS: readonly MarkKind[] = ['none', 'picture', 'seal', 'line'];

export interface RoundSigner {
  person: string;
  name: string;
  signed_at: string | null;
  mark: MarkKind;
  /** May sign now. */
  next: boolean;
}

export interface Round {
  round: string;
  kind: PaperKind;
  title: string;
  order: Order;
  level: Level;
  revision: number;
  size_bytes: number;
  sha256: string;
  opened_at: string;
  closed_at: string | null;
  complete: boolean;
  lease: { person: string; until: string } | null;
  signers: RoundSigner[];
  /** Whether the file is for who looks. */
  may_read: boolean;
  /** Of a paper that the clerk numbers: what it has been given, or would be given now. */
  number: { number: string; date: string; given: boolean } | null;
  raising: { done_at: string | null; next_at: string; tries: number; last_code: string } | null;
}

interface Told {
  meeting: string;
  has_stamps: boolean;
  rounds: Round[];
}

export class Rounds {
  #told = $state.raw<Told | null>(null);
  #failure = $state.raw<Failure | null>(null);

  constructor(readonly meeting: string) {}

  get all(): readonly Round[] | null {
    return this.#told?.rounds ?? null;
  }
  get hasStamps(): boolean {
    return this.#told?.has_stamps ?? true;
  }
  get failure(): Failure | null {
    return this.#failure;
  }

  /** Begin; the returned function ends it. */
  start(): () => void {
    void this.load();
    const hear = (told: Told): void => {
      if (told.meeting === this.meeting) this.#told = told;
    };
    return session.socket.subscribe<Told>('signing', hear, (socket) => socket.emit('watch_signing', { meeting: this.meeting }));
  }
  async load(): Promise<void> {
    this.#failure = null;
    try {
      this.#told = { meeting: this.meeting, ...(await session.api.get<Omit<Told, 'meeting'>>(`/api/meetings/${this.meeting}/rounds`)) };
    } catch (thrown) {
      this.#failure = Failure.from(thrown);
    }
  }
}
