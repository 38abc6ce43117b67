/**
 * What somebody writes before a meeting and has not sent, kept while they look elsewhere.
 *
 * Rules: closing a form loses nothing; what was typed belongs to what was seen then, so the revision is kept with it and the server
 * refuses what somebody else has overtaken (W142). Whoever answers a remark that is withdrawn meanwhile keeps their words.
 */
import { SvelteMap } from 'svelte/reactivity';
import type { MeetingDesk } from '../meeting/desk.svelte.ts';
import type { Kind, Readers, Remark } from './before.ts';

/** An answer that is being written. */
export class AnswerDraft {
  text = $state('');
  open = $state(true);
  revision: number;
  readonly #began: string;

  constructor(readonly remark: Remark) {
    this.text = this.#began = remark.answer?.text ?? '';
    this.revision = remark.revision;
  }
  get changed(): boolean {
    return this.text !== this.#began;
  }
}
export interface RemarkDraft {
  about: string;
  at: string;
  kind: Kind;
  readers: Readers;
  text: string;
  revision: number;
}

export class Drafts {
  /** By remark. */
  readonly answers = new SvelteMap<string, AnswerDraft>();
  /** By remark, or by item and paper of a new one. */
  readonly remarks = new Map<string, RemarkDraft>();
  /** By item. */
  readonly requests = new Map<string, { about: string; minutes: string }>();
  /** Speeches in writing, by request. */
  readonly speeches = new Map<string, string>();

  /** The remarks, with those that went while they were being answered. */
  kept(remarks: readonly Remark[]): Remark[] {
    const gone = [...this.answers.values()].filter((one) => !remarks.some(({ remark }) => remark === one.remark.remark) && one.changed);
    return [...remarks, ...gone.map((one) => one.remark)];
  }
}

const KNOWN = new WeakMap<MeetingDesk, Drafts>();

/** The same on every page of a meeting. */
export function draftsOf(desk: MeetingDesk): Drafts {
  const known = KNOWN.get(desk) ?? new Drafts();
  KNOWN.set(desk, known);
  return known;
}
