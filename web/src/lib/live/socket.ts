/**
 * Socket.IO, namespace `/live`: one connection a page, any number of subscriptions on it.
 *
 * Rules: the library is loaded when the first subscription is made, so a sign-in page does without. After every break all
 * subscriptions are made again, and `watch` brings a snapshot. A break shorter than five seconds shows as "connecting".
 *
 *     const socket = new LiveSocket();
 *     const live = new Live<MeetingSections>(socket.meeting('m-…'));
 *     const stop = socket.delivery('m-…', (delivery) => …);
 */
import type { Socket } from 'socket.io-client';
import { Failure } from '../failure.ts';
import type { Part } from '../presenting/part.ts';
import type { Link, Listener, Patch, Transport } from './live.svelte.ts';

const OFFLINE_AFTER_MS = 5000;
const ANSWER_MS = 10_000;
const AGAIN_MS = 2000;

type MeetingPatch<S> = Patch<S> & { meeting: string };

export class LiveSocket {
  #socket: Promise<Socket> | undefined;
  #link: Link = 'connecting';
  #patience: ReturnType<typeof setTimeout> | undefined;
  readonly #linkListeners = new Set<(state: Link) => void>();

  /** `query` is added to the address of the connection. */
  constructor(private readonly query: Readonly<Record<string, string>> = {}) {}

  /** The sections of a meeting, for {@link Live}. */
  meeting<S extends object>(meeting: string): Transport<S> {
    return new WatchedMeeting<S>(this, meeting);
  }

  /** How far each paper has come at each seat; the function returned ends it. */
  delivery(meeting: string, tell: (delivery: unknown) => void): () => void {
    const mine = (delivery: { meeting: string }): void => {
      if (delivery.meeting === meeting) tell(delivery);
    };
    return this.subscribe('delivery', mine, (socket) => socket.emit('watch_delivery', { meeting }));
  }

  /** The terminals, for the IT console. */
  fleet(tell: (fleet: unknown) => void): () => void {
    return this.subscribe('fleet', tell, (socket) => socket.emit('watch_fleet', {}));
  }

  /** `session_locked` and `signed_out`. */
  session(tell: (what: 'locked' | 'signed-out') => void): () => void {
    const locked = this.subscribe('session_locked', () => tell('locked'));
    const out = this.subscribe('signed_out', () => tell('signed-out'));
    return () => {
      locked();
      out();
    };
  }

  /** Told now and at every change. */
  watchLink(tell: (state: Link) => void): () => void {
    this.#linkListeners.add(tell);
    tell(this.#link);
    void this.connected();
    return () => this.#linkListeners.delete(tell);
  }

  /** Listen to an event, and say `begin` now and after every break. */
  subscribe<T>(event: string, hear: (told: T) => void, begin?: (socket: Socket) => void): () => void {
    let ended = false;
    const connected = this.connected();
    const start = (): void => void connected.then((socket) => begin?.(socket));
    void connected.then((socket) => {
      if (ended) return;
      socket.on(event, hear);
      socket.on('connect', start);
      if (socket.connected) start();
    });
    return () => {
      ended = true;
      void connected.then((socket) => socket.off(event, hear).off('connect', start));
    };
  }

  /** Close for good: after signing out. */
  close(): void {
    void this.#socket?.then((socket) => socket.close());
    this.#socket = undefined;
    clearTimeout(this.#patience);
  }

  /** The connection if there is one; unlike {@link connected} this never makes one. */
  get current(): Promise<Socket> | undefined {
    return this.#socket;
  }

  connected(): Promise<Socket> {
    this.#socket ??= this.#connect();
    return this.#socket;
  }

  async #connect(): Promise<Socket> {
    const { io } = await import('socket.io-client');
    // A server that is back should be noticed within a second, by 150 screens within that second.
    const socket = io('/live', { transports: ['websocket'], reconnectionDelay: 400, reconnectionDelayMax: 1000, timeout: ANSWER_MS, query: this.query });
    socket.on('connect', () => this.#say('online'));
    socket.on('disconnect', () => this.#say('connecting'));
    socket.on('connect_error', () => this.#link === 'online' && this.#say('connecting'));
    this.#say('connecting');
    return socket;
  }

  #say(state: Link): void {
    clearTimeout(this.#patience);
    if (state === 'connecting') this.#patience = setTimeout(() => this.#say('offline'), OFFLINE_AFTER_MS);
    this.#link = state;
    for (const tell of this.#linkListeners) tell(state);
  }
}

class WatchedMeeting<S extends object> implements Transport<S> {
  #stops: (() => void)[] = [];
  #listener: Listener<S> | undefined;

  constructor(
    private readonly socket: LiveSocket,
    private readonly meeting: string,
  ) {}

  open(listener: Listener<S>): void {
    this.#listener = listener;
    const hear = (patch: MeetingPatch<S>): void => {
      if (patch.meeting === this.meeting) listener.patch(patch);
    };
    this.#stops = [
      this.socket.subscribe('patch', hear, () => this.resync()),
      this.socket.subscribe<{ meeting: string }>('point', (told) => told.meeting === this.meeting && listener.pointed?.(told)),
      this.socket.subscribe<{ meeting: string } & Part>('view', (told) => told.meeting === this.meeting && listener.viewed?.(told)),
      this.socket.subscribe<{ meeting: string }>('gone', (told) => told.meeting === this.meeting && listener.gone?.()),
      this.socket.watchLink((state) => listener.linked(state)),
    ];
  }

  resync(): void {
    void this.socket.connected().then((socket) =>
      socket.timeout(ANSWER_MS).emit(
        'watch',
        { meeting: this.meeting, seq: 0 }, // from nothing: the answer holds every section
        (late: Error | null, answer: { seq: number; sections: Partial<S> } | { error: { code?: string; vi?: string; en?: string } }) => {
          if (this.#listener === undefined) return;
          // Refused, as in a locked session: what was known stays, and the next connection asks again.
          if (late === null && 'error' in answer) {
            // Deleted while nobody was connected; or of after the backup that the server was put back to.
            const { code, vi, en } = answer.error;
            if (code === 'no-such-meeting') this.#listener.gone?.(new Failure(code, 404, { vi, en }));
            return;
          }
          if (late === null && 'sections' in answer) this.#listener.snapshot(answer.seq, answer.sections);
          else if (socket.connected) setTimeout(() => this.#listener && this.resync(), AGAIN_MS);
        },
      ),
    );
  }

  close(): void {
    this.#listener = undefined;
    for (const stop of this.#stops) stop();
    void this.socket.current?.then((socket) => socket.emit('unwatch', { meeting: this.meeting }));
  }
}
