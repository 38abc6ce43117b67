/**
 * The console's side of the bridge on this PC (docs/adr/0012-bridge.md): finds it, carries the server's signed questions to it and
 * its answers back.
 *
 * Rules (G50, G51): this page asks nothing of its own: every question is signed by the server, for this bridge and this origin. The
 * PIN is typed in the bridge's own window, which this page can neither read nor reach. Nothing is kept in the browser but the
 * server's cookie.
 *
 *     const found = await find(about.ports);
 *     const asking = await found.bridge.ask(message);
 *     asking.show();
 *     for await (const told of asking.told()) …
 */
import { Failure, failureOf } from '$lib/failure.ts';
import { lines } from '$lib/lines.ts';

export interface About {
  name: string;
  key: string;
  code: string;
  ports: number[];
}
export interface Told {
  state: 'waiting' | 'working' | 'offer' | 'done' | 'over';
  code: string;
  data: Record<string, string | number>;
  result: unknown;
  /** Whether the token that is watched is in; null for other questions. */
  inside: boolean | null;
}
/** A bridge that is paired with this origin, or the ports where some bridge answers. */
export type Found = { bridge: Bridge } | { bridge: null; ports: number[] };

/** The browser may ask the person before it lets a page speak with the own machine. */
const PATIENCE_MS = 60_000;
const WINDOW = 'popup,width=640,height=760';
const CODE_BYTES = 32;

export class Bridge {
  constructor(readonly port: number) {}

  get address(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Throws `Failure`. */
  async call<T>(path: string, body: unknown, ticket = ''): Promise<T> {
    const headers = { 'Content-Type': 'application/json', 'X-Bridge-Ticket': ticket };
    try {
      const request = { method: 'POST', headers, body: JSON.stringify(body), cache: 'no-store', credentials: 'omit' } as const;
      const answer = await fetch(this.address + path, { ...request, signal: AbortSignal.timeout(PATIENCE_MS) });
      if (answer.status >= 400) throw await failureOf(answer);
      return (await answer.json()) as T;
    } catch (thrown) {
      throw Failure.from(thrown);
    }
  }

  async ask(message: string): Promise<Asking> {
    const { ticket } = await this.call<{ ticket: string }>('/api/asks', { message });
    return new Asking(this, ticket);
  }

  /** Open the bridge's window; the person compares the figures there. Gives the code by which this page is known again. */
  introduce(about: About): string {
    const random = crypto.getRandomValues(new Uint8Array(CODE_BYTES));
    const code = Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('');
    const bytes = new TextEncoder().encode(JSON.stringify({ origin: location.origin, name: about.name, key: about.key, code }));
    const packed = btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_');
    open(`${this.address}/#pair=${packed}`, '_blank', WINDOW);
    return code;
  }
}

export class Asking {
  readonly #left = new AbortController();

  constructor(
    readonly bridge: Bridge,
    readonly ticket: string,
  ) {}

  /** The bridge's own window for this question. */
  show(): void {
    open(`${this.bridge.address}/#${this.ticket}`, '_blank', WINDOW);
  }
  told(): AsyncGenerator<Told> {
    const request: RequestInit = { headers: { 'X-Bridge-Ticket': this.ticket }, credentials: 'omit', signal: this.#left.signal };
    return lines<Told>(`${this.bridge.address}/api/asks/live`, request);
  }
  async renew(message: string): Promise<void> {
    await this.bridge.call('/api/asks/renew', { message }, this.ticket);
  }
  /** The paper of the question. */
  async file(pdf: Blob): Promise<void> {
    const headers = { 'Content-Type': 'application/pdf', 'X-Bridge-Ticket': this.ticket };
    const answer = await fetch(`${this.bridge.address}/api/asks/file`, { method: 'POST', headers, body: pdf, cache: 'no-store', credentials: 'omit' });
    if (answer.status >= 400) throw await failureOf(answer);
  }
  /** What the server gave, or why it gave nothing. */
  async offer(given: object): Promise<void> {
    await this.bridge.call('/api/asks/offer', given, this.ticket);
  }
  /** Nobody wants the answer any more. */
  async withdraw(): Promise<void> {
    this.#left.abort();
    await this.bridge.call('/api/asks/withdraw', {}, this.ticket).catch(() => undefined);
  }
}

/** Look on this PC. */
export async function find(ports: readonly number[]): Promise<Found> {
  for (const port of ports) if (await isPaired(port)) return { bridge: new Bridge(port) };
  const there = await Promise.all(ports.map(isThere));
  return { bridge: null, ports: ports.filter((_, at) => there[at]) };
}

/** Only a paired bridge lets this page read its answer. */
export async function isPaired(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/api/hello`, { cache: 'no-store', credentials: 'omit', signal: AbortSignal.timeout(PATIENCE_MS) });
    return answer.ok;
  } catch {
    return false;
  }
}

async function isThere(port: number): Promise<boolean> {
  try {
    await fetch(`http://127.0.0.1:${port}/here`, { mode: 'no-cors', cache: 'no-store', credentials: 'omit', signal: AbortSignal.timeout(PATIENCE_MS) });
    return true;
  } catch {
    return false;
  }
}
