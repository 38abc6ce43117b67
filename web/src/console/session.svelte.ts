/**
 * Who is signed in at this console, and the idle lock.
 *
 * Rules (I4): nothing of the session is kept in the browser but the server's own cookie. The screen locks when nobody touched it for
 * the time the server names, or when the server says that it has locked; then only the password opens it. While somebody types, the
 * server is told now and then, because it counts requests and a long form makes none.
 *
 * A session that was begun with a token is watched by its bridge (G54): token out, screen locked, and the same token opens it.
 *
 *     await session.start();
 *     session.me, session.locked
 *     await session.act('POST', `/api/meetings/${m}/open`);
 */
import { Api, type Method } from '$lib/api.ts';
import { Failure } from '$lib/failure.ts';
import type { Link } from '$lib/live/live.svelte.ts';
import { LiveSocket } from '$lib/live/socket.ts';
import { expire, notify } from '$lib/ui/notices.svelte.ts';
import type { Me, Person, Role } from './types.ts';

const LOOK_EVERY_MS = 5_000;
const TELL_EVERY_MS = 60_000;
const FACTOR = '/second-factor';
const PASSWORD = '/first-password';

export type Whose = Pick<Person, 'name' | 'position'>;

export class Session {
  readonly api = new Api({ tokenHeader: 'X-CSRF-Token', onFailure: (failure) => this.#heard(failure) });
  #socket: LiveSocket | null = null;
  #state = $state<'starting' | 'failed' | 'out' | 'in'>('starting');
  #failure = $state.raw<Failure | null>(null);
  #me = $state.raw<Person | null>(null);
  #whose = $state.raw<Whose | null>(null);
  #locked = $state(false);
  #must = $state('');
  #byToken = $state(false);
  /** The session ended by itself; the sign-in says so. */
  #ended = $state(false);
  #link = $state<Link>('connecting');
  #idleMs = 900_000;
  #touchedAt = Date.now();
  #toldAt = Date.now();
  #stops: (() => void)[] = [];
  /** The newest thing that went wrong, for who tells of a fault. */
  lastFailure: { failure: Failure; at: number } | null = null;
  /* Told of calls that did not arrive: they lie above the buttons, so they pass when the server is there again. */
  #unheard: number[] = [];

  get state(): 'starting' | 'failed' | 'out' | 'in' {
    return this.#state;
  }
  get failure(): Failure | null {
    return this.#failure;
  }
  /** Who is signed in; only while {@link state} is `in`. */
  get me(): Person {
    return this.#me!;
  }
  get locked(): boolean {
    return this.#locked;
  }
  /** Whose screen it is, also when it was loaded locked. */
  get whose(): Whose | null {
    return this.#me ?? this.#whose;
  }
  /** The screen with what has to be done before anything else: a password to be changed, a second factor to be set up. */
  get must(): string {
    return this.#must;
  }
  get mustSet(): boolean {
    return this.#must === FACTOR;
  }
  /** Only the token opens the lock. */
  get byToken(): boolean {
    return this.#byToken;
  }
  get ended(): boolean {
    return this.#ended;
  }
  get link(): Link {
    return this.#link;
  }
  /** One connection while signed in. */
  get socket(): LiveSocket {
    return (this.#socket ??= new LiveSocket());
  }

  has(...roles: Role[]): boolean {
    return this.#me !== null && roles.some((role) => this.#me!.roles.includes(role));
  }

  /** Find out whether the browser is signed in already. */
  async start(): Promise<void> {
    this.#state = 'starting';
    this.#failure = null;
    try {
      const me = await this.api.get<Me>('/api/me');
      this.#enter(me);
      // Nobody has proven anything to this page: it shows nothing before the bridge has said that the token is in.
      if (this.#byToken && !this.#must) this.#state = 'starting';
    } catch (thrown) {
      const failure = Failure.from(thrown);
      if (failure.status === 401) this.#state = 'out';
      else if (failure.status === 423) {
        this.#byToken = failure.data['token'] === true;
        this.#whose = failure.data as unknown as Whose;
        this.#state = 'in';
      } else {
        this.#failure = failure;
        this.#state = 'failed';
      }
    }
  }

  /** `code`: of the second factor, once the server has asked for it. */
  async signIn(username: string, password: string, code?: string): Promise<void> {
    this.#enter(await this.api.send<Me>('POST', '/api/sign-in', { username, password, code }));
  }

  async unlock(password: string): Promise<void> {
    await this.opened(await this.api.send<Me>('POST', '/api/unlock', { password }));
  }

  /** The server has let somebody in, anew or through the lock. */
  async opened(me: Me): Promise<void> {
    const known = this.#me?.id;
    if (known === undefined || known !== me.person.id) return this.#enter(me);
    this.api.token = me.csrf;
    this.#locked = false;
    this.#watch(me);
    this.touch();
    if (this.#must) return;
    // The server stopped telling when it locked: connect anew, and every subscription is made again.
    const socket = await this.socket.connected();
    socket.disconnect().connect();
  }

  async signOut(): Promise<void> {
    try {
      await this.api.send('POST', '/api/sign-out');
    } catch (thrown) {
      if (Failure.from(thrown).status !== 401) throw thrown;
    }
    this.#leave();
    this.#ended = false;
  }

  /** The token is in. */
  confirm(): void {
    if (this.#me && this.#state === 'starting') this.#state = 'in';
  }

  /** The token is out. */
  lock(): void {
    this.#locked = true;
    this.confirm();
    this.api.send('POST', '/api/lock').catch(() => undefined);
  }

  /** A change from a button: a failure becomes a notice and gives false. */
  async act(method: Method, path: string, body: unknown = {}): Promise<boolean> {
    try {
      await this.api.send(method, path, body);
      return true;
    } catch (thrown) {
      const failure = Failure.from(thrown);
      // The lock and the sign-in speak for themselves.
      if (failure.status !== 423 && failure.code !== 'not-signed-in') {
        const told = notify('bad', failure.text);
        if (failure.undelivered || failure.code === 'timeout') this.#unheard.push(told);
        this.#linked(this.#link);
      }
      return false;
    }
  }

  #linked(link: Link): void {
    this.#link = link;
    if (link !== 'online') return;
    for (const told of this.#unheard.splice(0)) expire(told);
  }

  /** Somebody is here. */
  touch(): void {
    this.#touchedAt = Date.now();
    if (this.#state !== 'in' || this.#locked || Date.now() - this.#toldAt < TELL_EVERY_MS) return;
    this.#toldAt = Date.now();
    // Only to be seen; if it fails, the next call tells why.
    this.api.get('/api/me').catch(() => undefined);
  }

  #enter(me: Me): void {
    this.api.token = me.csrf;
    this.#me = me.person;
    this.#idleMs = me.idle_s * 1000;
    this.#must = me.must_change_password ? PASSWORD : me.must_set_factor ? FACTOR : '';
    this.#locked = false;
    this.#ended = false;
    this.#touchedAt = this.#toldAt = Date.now();
    this.#state = 'in';
    this.#watch(me);
  }

  #watch(me: Me): void {
    for (const stop of this.#stops) stop();
    this.#byToken = !!me.certificate;
    const look = setInterval(() => {
      if (Date.now() - this.#touchedAt >= this.#idleMs) this.#locked = true;
    }, LOOK_EVERY_MS);
    this.#stops = [() => clearInterval(look)];
    // Before that is done a live connection is nobody's.
    if (this.#must) return;
    this.#stops.push(
      this.socket.session((what) => (what === 'locked' ? (this.#locked = true) : this.#expire())),
      this.socket.watchLink((link) => this.#linked(link)),
    );
    if (this.#byToken) {
      const stops = this.#stops;
      void import('./token/watch.ts').then(
        ({ watchToken }) => stops === this.#stops && stops.push(watchToken(this)),
        // Nobody watches.
        () => stops === this.#stops && this.lock(),
      );
    }
  }

  #heard(failure: Failure): void {
    // That somebody has to sign in first, or again, is no fault.
    if (failure.status !== 401 && failure.status !== 423) this.lastFailure = { failure, at: Date.now() };
    if (failure.status === 423) this.#locked = true;
    else if (failure.code === 'second-factor-missing' && this.#state === 'in') this.#must = FACTOR;
    else if (failure.code === 'password-must-change' && this.#state === 'in') this.#must = PASSWORD;
    else if (failure.code === 'not-signed-in' && this.#state === 'in') this.#expire();
  }

  #expire(): void {
    this.#leave();
    this.#ended = true;
  }

  #leave(): void {
    for (const stop of this.#stops) stop();
    this.#stops = [];
    this.#socket?.close();
    this.#socket = null;
    this.api.token = '';
    this.#me = this.#whose = null;
    this.#locked = false;
    this.#must = '';
    this.#state = 'out';
  }
}

export const session = new Session();
