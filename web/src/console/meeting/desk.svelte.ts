/**
 * One meeting on a console: its sections kept true, how its papers travel, and what this person may do with it.
 *
 * Rules: the first picture comes by an ordinary call, so that a refusal is told in words; everything after it comes live. What is
 * offered here the server decides again.
 *
 *     const desk = new MeetingDesk(id);
 *     const stop = desk.start();
 *     await desk.act('open');
 */
import { Failure } from '$lib/failure.ts';
import { Live } from '$lib/live/live.svelte.ts';
import { HttpPages } from '$lib/reader/source.ts';
import type { MeetingSections, MemberRole, Phase } from '$lib/sections.ts';
import type { ConsoleBallot } from '../ballots/ballot.svelte.ts';
import { session } from '../session.svelte.ts';
import type { Delivery } from '../types.ts';
import { fromItems, type Rows, same, toItems } from './agenda.ts';
import { Draft } from './draft.svelte.ts';
import { LateSeats } from './late.svelte.ts';
import { fromMembers, type Placed, sameMembers } from './members.ts';
import type { Typed } from './MeetingForm.svelte';
import { Uploads } from './uploads.svelte.ts';

export type Unsaved = 'info' | 'members' | 'agenda';

const PREPARING: readonly Phase[] = ['draft', 'submitted', 'approved'];
const LIVE: readonly Phase[] = ['open', 'recess'];
const ENDED: readonly Phase[] = ['closed', 'locked', 'cancelled'];

export class MeetingDesk {
  readonly live: Live<MeetingSections>;
  readonly pages: HttpPages;
  readonly late = new LateSeats();
  /** What is being changed here and not saved yet; it outlives going to another part of the meeting and back. */
  readonly members = new Draft<readonly Placed[]>([], sameMembers);
  readonly agenda = new Draft<Rows>([], same);
  readonly uploads: Uploads;
  /** What was chosen or sent here in open votes, by vote and person; one that nobody knows the fate of must come back as the very same (V4). */
  readonly ballots = new Map<string, ConsoleBallot>();
  /** Saves what was changed in title, place and time, false when it cannot; null while nothing was, or its page is not open. */
  describing = $state.raw<(() => Promise<boolean>) | null>(null);
  /** What was typed into that form and not saved, while another part of the meeting is shown. */
  typed = $state.raw<Typed | null>(null);
  /** It was a rehearsal, and was deleted (M5). */
  gone = $state(false);
  #failure = $state.raw<Failure | null>(null);
  #delivery = $state.raw<Delivery | null>(null);

  constructor(readonly id: string) {
    this.live = new Live<MeetingSections>(session.socket.meeting(id), (unknown) => this.#went(unknown));
    this.pages = new HttpPages(`/api/meetings/${id}/papers`, session.api);
    this.uploads = new Uploads(`/api/meetings/${id}/papers`, session.api);
  }

  /** Everything known of the meeting; complete once {@link ready}. */
  get now(): MeetingSections {
    return this.live.sections as MeetingSections;
  }
  get ready(): boolean {
    return this.live.loaded && this.live.sections.meeting !== undefined;
  }
  /** Why there is nothing to show. */
  get failure(): Failure | null {
    return this.#failure;
  }
  get delivery(): Delivery | null {
    return this.#delivery;
  }
  get phase(): Phase {
    return this.now.meeting.phase;
  }
  /** This person's role in the meeting. */
  get role(): MemberRole | null {
    return this.now.members.find((member) => member.person === session.me?.id)?.role ?? null;
  }
  get isChair(): boolean {
    return this.role === 'chair';
  }
  get isSecretary(): boolean {
    return this.role === 'secretary' || session.has('secretary');
  }
  /** The meeting that this one tries out; null for a real one (M5). */
  get rehearsalOf(): string | null {
    return this.now.meeting.rehearsal_of ?? null;
  }
  get preparing(): boolean {
    return PREPARING.includes(this.phase);
  }
  get isLive(): boolean {
    return LIVE.includes(this.phase);
  }
  get ended(): boolean {
    return ENDED.includes(this.phase);
  }
  /** Whether title, members, and papers may be changed by this person now. */
  get mayPrepare(): boolean {
    return this.isSecretary && !this.ended && this.rehearsalOf === null;
  }
  get mayDescribe(): boolean {
    return this.isSecretary && this.preparing && this.rehearsalOf === null;
  }
  /** The secretary prepares the agenda; once it is live the chair may reorder it, too. */
  get mayArrange(): boolean {
    return (this.isSecretary && !this.ended) || (this.isChair && this.isLive);
  }
  /** The parts that were changed here and are not saved. */
  get unsaved(): Unsaved[] {
    const parts: Unsaved[] = [];
    if (this.describing || this.typed) parts.push('info');
    if (this.members.dirty) parts.push('members');
    if (this.agenda.dirty) parts.push('agenda');
    return parts;
  }
  /** Files were chosen that the server does not have. */
  get uploading(): boolean {
    return this.uploads.all.some((upload) => upload.state !== 'done');
  }
  /** Something here is not saved or sent yet. */
  get working(): boolean {
    return this.unsaved.length > 0 || this.uploading;
  }
  get seesDelivery(): boolean {
    return this.isChair || this.isSecretary || session.has('it');
  }
  get seesLog(): boolean {
    return this.isChair || this.isSecretary || session.has('auditor');
  }

  /** Begin; the returned function ends it. */
  start(): () => void {
    const abort = new AbortController();
    let stops: (() => void)[] = [];
    const begin = async (): Promise<void> => {
      for (const stop of stops) stop();
      stops = [];
      try {
        const answer = await session.api.get<{ seq: number; sections: MeetingSections }>(`/api/meetings/${this.id}`, abort.signal);
        if (abort.signal.aborted) return;
        this.#failure = null;
        this.live.snapshot(answer.seq, answer.sections);
        stops = [this.live.start()];
        if (this.seesDelivery) stops.push(session.socket.delivery(this.id, (told) => this.#hear(told as Delivery)));
      } catch (thrown) {
        if (!abort.signal.aborted) this.#failure = Failure.from(thrown);
      }
    };
    this.retry = () => void begin();
    void begin();
    return () => {
      abort.abort();
      for (const stop of stops) stop();
      this.late.close();
    };
  }

  /** Ask again after a failure. */
  retry: () => void = () => undefined;

  /** Let the drafts follow the meeting; call when its sections change. */
  follow(): void {
    if (!this.ready) return;
    this.members.follow(fromMembers(this.now.members), this.live.seq);
    this.agenda.follow(fromItems(this.now.agenda), this.live.seq);
  }

  /** A change of this meeting: `act('open')`, `act('return', { reason })`. False when it failed, which was told. */
  act(what: string, body: unknown = {}): Promise<boolean> {
    return session.act('POST', `${this.path}/${what}`, body);
  }

  /** The same for a dialog, which shows the failure itself. Throws `Failure`. */
  send(what: string, body: unknown = {}): Promise<unknown> {
    return session.api.send('POST', `${this.path}/${what}`, body);
  }

  /** Throws `Failure`. */
  async saveMembers(): Promise<void> {
    const sent = this.members.value;
    await session.api.send('PUT', `${this.path}/members`, { members: sent.map(({ person, role, seat }) => ({ person, role, seat })) });
    this.members.saved(sent);
  }
  /** Throws `Failure`. */
  async saveAgenda(): Promise<void> {
    const sent = this.agenda.value;
    await session.api.send('PUT', `${this.path}/agenda`, { items: toItems(sent), expected_seq: this.agenda.seq });
    this.agenda.saved(sent);
  }

  get path(): string {
    return `/api/meetings/${this.id}`;
  }

  /* Only a rehearsal is ever deleted. A meeting of which the server suddenly knows nothing was lost on it, which nobody calls an end. */
  #went(unknown: Failure | undefined): void {
    if (!unknown || (this.ready && this.rehearsalOf !== null)) this.gone = true;
    else this.#failure = unknown;
  }

  #hear(delivery: Delivery): void {
    this.#delivery = delivery;
    this.late.hear(delivery.seats, this.live.seq);
  }
}
