/**
 * The seat as its page sees it: the agent's sections, and what a person can ask of the agent.
 *
 * Rules: the page decides nothing about the meeting; it asks, and shows what the sections say afterwards. An act is accepted when
 * the agent has written it down (202); its outcome comes in the section `acts`, and a refusal is told in words.
 *
 *     const seat = new Seat();
 *     const stop = seat.start();
 *     await seat.act('item_start', { item });
 */
import { Api } from '$lib/api.ts';
import { serverClock } from '$lib/clock.svelte.ts';
import { Failure } from '$lib/failure.ts';
import { errorText, type Language, t } from '$lib/i18n/texts.svelte.ts';
import { EventsTransport, type Snapshot } from '$lib/live/events.ts';
import { Live } from '$lib/live/live.svelte.ts';
import { HttpPages } from '$lib/reader/source.ts';
import { notify } from '$lib/ui/notices.svelte.ts';
import type { Asked, Ready } from '$lib/voting/ready.ts';
import { newId } from '$lib/wire/ids.ts';
import { enter, watchAddress } from './kiosk.ts';
import { tellPainting } from './painting.ts';
import type { Act, Front, SeatSections } from './sections.ts';

export type ActKind =
  | 'present'
  | 'present_call'
  | 'present_stop'
  | 'present_hand'
  | 'item_start'
  | 'meeting_open'
  | 'meeting_recess'
  | 'meeting_resume'
  | 'meeting_close'
  | 'display'
  | 'presence'
  | 'service_call'
  | 'service_cancel'
  | 'feedback_send'
  | 'vote_cast'
  | 'ballot_cast'
  | 'vote_begin'
  | 'vote_open'
  | 'vote_pause'
  | 'vote_resume'
  | 'vote_close'
  | 'vote_go_on'
  | 'vote_announce'
  | 'speech_ask'
  | 'speech_cancel'
  | 'speech_write'
  | 'speech_call'
  | 'speech_put_back'
  | 'speech_start'
  | 'speech_pause'
  | 'speech_resume'
  | 'speech_stop'
  | 'speech_refuse'
  | 'speech_extend'
  | 'notice_read'
  | 'notice_send'
  | 'notice_withdraw';

/** What somebody is about to declare, in the seat's words; `lines` are paragraphs, shown whole and in this order. */
export interface Statement {
  act: string;
  kind: string;
  words: Readonly<Record<Language, { title: string; lines: readonly string[] }>>;
}

/** Shorter than the shortest idle time that can be set. */
const TOUCH_EVERY_MS = 5_000;
const FOLLOW_EVERY_MS = 5_000;

export class Seat {
  // The agent itself waits 20 s for the server's word on a password.
  readonly api = new Api({ tokenHeader: 'X-Seat-Token', timeoutMs: 25_000, onFailure: (failure) => (this.lastFailure = { failure, at: Date.now() }) });
  /** What failed last on this screen, for who tells of a fault. */
  lastFailure: { failure: Failure; at: number } | null = null;
  /** What kind of screen the person has in front, for the same. */
  place = '';
  readonly live = new Live<SeatSections>(new EventsTransport('/api/live', () => this.#read()));
  readonly pages = new HttpPages('/api/papers', this.api);
  /** Refusals already told. */
  #told = new Set<string>();
  #mine = new Set<string>();
  #touchedAt = 0;
  /** Why the agent shows this browser nothing. */
  #refused = $state.raw<Failure | null>(null);
  #stop: () => void = () => undefined;

  /** Everything known. Reactive. */
  get now(): Partial<SeatSections> {
    return this.live.sections;
  }

  /** Set when this is not the terminal's own browser: nothing else comes then. Reactive. */
  get refused(): Failure | null {
    return this.#refused;
  }

  /** Whether the seat itself reaches the server. */
  get online(): boolean {
    return this.now.link?.state === 'online';
  }

  /** Begin; the returned function ends it. */
  start(): () => void {
    const touch = (): void => this.#touch();
    const events = ['pointerdown', 'keydown', 'wheel'] as const;
    for (const event of events) addEventListener(event, touch, { passive: true });
    const unwatch = watchAddress();
    let ended = false;
    void this.knock().then((isIn) => {
      if (!isIn || ended) return;
      const [deaf, still] = [this.live.start(), tellPainting(() => this.#send('/api/painted'))];
      this.#stop = () => (deaf(), still());
    });
    return () => {
      ended = true;
      this.#stop();
      unwatch();
      for (const event of events) removeEventListener(event, touch);
    };
  }

  /** Ask the agent whether this is the terminal's own browser, now or as soon as it answers; if not, the page ends. */
  async knock(): Promise<boolean> {
    try {
      await enter(this.api);
    } catch (thrown) {
      this.#stop();
      this.#refused = Failure.from(thrown);
    }
    return this.#refused === null;
  }

  /** Whether an act of this kind is on its way. */
  waits(kind: ActKind): boolean {
    return (this.now.acts ?? []).some((act) => act.kind === kind && (act.state === 'queued' || act.state === 'sent'));
  }

  /** Ask for something; gives the act's id, throws `Failure` when the agent does not take it. */
  async act(kind: ActKind, data: object = {}): Promise<string> {
    const act = newId('a');
    this.#mine.add(act);
    await this.#send('/api/act', { act, kind, data }, act);
    // Of a ballot its own screen says more.
    if (!this.online && kind !== 'vote_cast' && kind !== 'ballot_cast') notify('warn', t('seat.act.queued'));
    return act;
  }

  /** The same from a button: a failure becomes a notice. */
  ask(kind: ActKind, data: object = {}): void {
    this.act(kind, data).catch((thrown: unknown) => notify('bad', Failure.from(thrown).text));
  }

  /** Tell of refusals among the acts of this page; call when `acts` changes. */
  hearOutcomes(acts: readonly Act[]): void {
    for (const act of acts) {
      if (act.state !== 'refused' || !this.#mine.has(act.act) || this.#told.has(act.act)) continue;
      this.#told.add(act.act);
      this.lastFailure = { failure: new Failure(act.code), at: Date.now() };
      void errorText(act.code).then((text) => notify('bad', t('seat.act.refused', { what: t(`seat.act.kind.${act.kind}`), why: text })));
    }
  }

  /** Who could vote if this were opened now (W126); only the chair is told. Throws `Failure`. */
  ready(opening: Asked): Promise<Ready> {
    return this.#send('/api/ready', opening) as Promise<Ready>;
  }
  /** `code`: of the second factor, once the server has asked for it. */
  signIn(person: string, password: string, code?: string): Promise<unknown> {
    return this.#send('/api/sign-in', { person, password, code });
  }
  /** The PIN goes to the agent on this machine and from there to the card; `last`: the person knows that it is the last try. */
  givePin(pin: string, last: boolean): Promise<unknown> {
    return this.#send('/api/token', last ? { pin, last_try_ok: true } : { pin });
  }
  /** Have the seat say what an act of this kind would declare; what it answers is what the card would sign. Throws `Failure`. */
  async declare(kind: string, data: object = {}): Promise<Statement> {
    const act = newId('a');
    this.#mine.add(act);
    return (await this.#send('/api/statements', { act, kind, data }, act)) as Statement;
  }
  /** Sign the statement that was shown; it is in the outbox then, and its outcome comes in the section `acts`. */
  async signStatement(act: string, pin: string, last: boolean): Promise<void> {
    await this.#send(`/api/statements/${act}/sign`, last ? { pin, last_try_ok: true } : { pin });
    if (!this.online) notify('warn', t('seat.act.queued'));
  }
  leaveStatement(act: string): Promise<unknown> {
    return this.#send(`/api/statements/${act}/leave`);
  }
  /** Have the file of a round fetched and shown; it comes in the section `signing`. */
  openRound(round: string): Promise<unknown> {
    return this.#send(`/api/rounds/${round}/open`);
  }
  /** Resolves when the card has taken the PIN; how far the signature is comes in the section `signing`. */
  signRound(round: string, sha256: string, pin: string, last: boolean): Promise<unknown> {
    return this.#send(`/api/rounds/${round}/sign`, last ? { sha256, pin, last_try_ok: true } : { sha256, pin });
  }
  /** Have private marks kept; resolves when they are durable at this seat. */
  writeMarks(changes: readonly object[]): Promise<{ rev: number; unsent: number }> {
    return this.#send('/api/marks', { changes }) as Promise<{ rev: number; unsent: number }>;
  }
  closeRound(): Promise<unknown> {
    return this.#send('/api/rounds/close');
  }
  unlock(password: string, code?: string): Promise<unknown> {
    return this.#send('/api/unlock', { password, code });
  }
  lock(): Promise<unknown> {
    return this.#send('/api/lock');
  }
  signOut(): Promise<unknown> {
    return this.#send('/api/sign-out');
  }

  /* An agent that has started anew has a new token; the page fetches it and asks again, as the same act. */
  async #send(path: string, body: object = {}, key: string = newId('a')): Promise<unknown> {
    try {
      return await this.api.send('POST', path, body, key);
    } catch (thrown) {
      if (Failure.from(thrown).code !== 'seat-wrong-token') throw thrown;
      await this.#read();
      return this.api.send('POST', path, body, key);
    }
  }

  async #read(): Promise<Snapshot<SeatSections>> {
    const { token, seq, now, ...sections } = await this.api.get<
      { token: string; seq: number; now?: string } & Partial<SeatSections>
    >('/api/seat');
    this.api.token = token;
    serverClock.hear(now, true);
    return { seq, sections };
  }

  /** Tell the agent that this screen goes with the presenter, until the returned function is called: listening is not idleness. */
  follows(): () => void {
    const tell = (): void => void this.#send('/api/following').catch(() => undefined);
    tell();
    const timer = setInterval(tell, FOLLOW_EVERY_MS);
    return () => clearInterval(timer);
  }

  /** Tell the agent what lies in front of the person: it is there after a lock, and at the next seat. */
  lay(front: Front): void {
    this.#send('/api/front', front).catch(() => undefined);
  }

  /** Where this person, who presents, points; one that is lost is missed by nobody. */
  point(place: object): void {
    this.#send('/api/point', place).catch(() => undefined);
  }

  /** What this person, who presents, sees of the page; said again by and by, so one that is lost is not missed (W124). */
  view(part: object): void {
    this.#send('/api/view', part).catch(() => undefined);
  }

  /** Whoever sits here has closed what IT's order showed. */
  sawOrder(order: string): Promise<unknown> {
    return this.#send(`/api/orders/${order}/seen`).catch(() => undefined);
  }

  /** A dark screen was touched: it is lit from now on. */
  woke(): void {
    this.#touchedAt = Date.now();
    this.#send('/api/woken').catch(() => (this.#touchedAt = 0));
  }

  /* The idle lock counts from the last touch, and so does the light where nobody sits; pages that change by themselves are none. */
  #touch(): void {
    if (!this.now.seat || Date.now() - this.#touchedAt < TOUCH_EVERY_MS) return;
    if (!this.now.person) return this.woke();
    if (this.now.seat.state !== 'signed_in') return;
    this.#touchedAt = Date.now();
    // The next touch tries again.
    this.#send('/api/touched').catch(() => (this.#touchedAt = 0));
  }
}
