/**
 * The bridge as its own page sees it: what is in the readers, the question this window was opened for, the paired servers.
 *
 * Rules: what stands behind `#` in the address is taken once and leaves the address bar at once: a secret that lets this browser in,
 * what a sign-in page says of its server, or the ticket of a question. Nothing is kept in the browser. A PIN is sent once.
 *
 *     const bridge = new Bridge();
 *     $effect(() => bridge.start());
 */
import { untrack } from 'svelte';
import { Failure, failureOf } from '$lib/failure.ts';
import type { Language } from '$lib/i18n/texts.svelte.ts';
import { lines } from '$lib/lines.ts';

export interface TokenNow {
  state: 'absent' | 'reading' | 'ready' | 'working' | 'blocked' | 'several' | 'fault';
  count: number;
  code: string;
  data: Record<string, string | number>;
  name: string;
  /** The name in its certificate for documents; empty when it has none. */
  signs: string;
  tries_left: number | null;
  low: boolean;
  last: boolean;
  shortest: number;
  longest: number;
}
export type Kind = 'sign_in' | 'watch' | 'paper' | 'statement' | 'enrol';
export interface AskNow {
  kind: Kind;
  state: 'waiting' | 'working' | 'offer' | 'done' | 'over';
  code: string;
  data: Record<string, string | number>;
  origin: string;
  site: string;
  /** Of a paper: what it is, who signs, where the mark stands (points, from the top left), and whether the file is here. */
  ready: boolean;
  title?: string;
  name?: string;
  /** Of a statement: its words, as they will be signed. */
  words?: Record<Language, { title: string; lines: string[] }>;
  /** Of a certificate that is to be enrolled. */
  use?: 'login' | 'document';
  mark?: { page: number; box: [number, number, number, number] } | null;
  /** Given to the paper with this signature. */
  number?: { number: string; date: string } | null;
}
export interface Paired {
  origin: string;
  name: string;
  code: string;
}
export interface Proposed extends Paired {
  key: string;
  changed: boolean;
}
interface Own {
  token: TokenNow;
  ask: AskNow | null;
  unknown: boolean;
  pairings: Paired[];
}

const ENTER = '#enter=';
const PAIR = '#pair=';
const AGAIN_MS = 1500;

export class Bridge {
  #own = $state.raw<Own | null>(null);
  #proposed = $state.raw<Proposed | null>(null);
  #refused = $state.raw<Failure | null>(null);
  #away = $state(false);
  #token = '';
  #ticket = '';
  #stopping = new AbortController();

  get own(): Own | null {
    return this.#own;
  }
  /** The server that wants to be paired. */
  get proposed(): Proposed | null {
    return this.#proposed;
  }
  /** Why this browser is shown nothing. */
  get refused(): Failure | null {
    return this.#refused;
  }
  get away(): boolean {
    return this.#away;
  }

  /** Begin; the returned function ends it. */
  start(): () => void {
    void untrack(() => this.#begin());
    const again = (): void => location.reload();
    addEventListener('hashchange', again);
    return () => {
      removeEventListener('hashchange', again);
      this.#stopping.abort();
    };
  }

  async confirm(): Promise<void> {
    await this.send('/api/own/pairings', { origin: this.#proposed!.origin, key: this.#proposed!.key });
  }
  async unpair(origin: string): Promise<void> {
    await this.send('/api/own/pairings/remove', { origin });
  }
  async givePin(pin: string, last: boolean): Promise<void> {
    await this.send('/api/own/pin', { pin, last_try_ok: last });
  }
  async decline(): Promise<void> {
    await this.send('/api/own/decline', {});
  }

  async paper<T>(what: string): Promise<T> {
    return (await this.#read(`/api/own/paper/${what}`)).json() as Promise<T>;
  }
  async picture(page: number): Promise<Blob> {
    return (await this.#read(`/api/own/paper/pages/${page}`)).blob();
  }
  async #read(path: string): Promise<Response> {
    const answer = await fetch(path, { headers: { 'X-Bridge-Ticket': this.#ticket }, cache: 'no-store' });
    if (answer.status >= 400) throw await failureOf(answer);
    return answer;
  }

  /** Once, whatever comes of it; throws `Failure`. */
  async send<T>(path: string, body: unknown): Promise<T> {
    const headers = { 'Content-Type': 'application/json', 'X-Bridge-Token': this.#token, 'X-Bridge-Ticket': this.#ticket };
    try {
      const answer = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body), cache: 'no-store' });
      if (answer.status >= 400) throw await failureOf(answer);
      return (await answer.json()) as T;
    } catch (thrown) {
      throw Failure.from(thrown);
    }
  }

  async #begin(): Promise<void> {
    const mark = location.hash;
    history.replaceState(null, '', location.pathname);
    try {
      if (mark.startsWith(ENTER)) await this.send('/api/enter', { secret: mark.slice(ENTER.length) });
      else if (!mark.startsWith(PAIR)) this.#ticket = mark.slice(1);
      const answer = await fetch('/api/own', { headers: { 'X-Bridge-Ticket': this.#ticket }, cache: 'no-store' });
      if (answer.status >= 400) throw await failureOf(answer);
      this.#token = ((await answer.json()) as { own: string }).own;
      if (mark.startsWith(PAIR)) this.#proposed = await this.send('/api/own/pairings/propose', unpacked(mark.slice(PAIR.length)));
    } catch (thrown) {
      this.#refused = Failure.from(thrown);
      return;
    }
    await this.#listen();
  }

  async #listen(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        for await (const own of lines<Own>('/api/own/live', { headers: { 'X-Bridge-Ticket': this.#ticket }, signal })) {
          this.#own = own;
          this.#away = false;
        }
      } catch (thrown) {
        if (signal.aborted) return;
        const failure = Failure.from(thrown);
        if (failure.status === 401) this.#refused = failure;
      }
      this.#away = true;
      await new Promise((done) => setTimeout(done, AGAIN_MS));
    }
  }
}

/** What a sign-in page has put into the address; rubbish is refused by the bridge. */
function unpacked(text: string): unknown {
  try {
    const bytes = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown;
  } catch {
    return {};
  }
}
