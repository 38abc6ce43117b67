/**
 * Calls to the program that served the page (docs/API.md): the server for consoles and displays, the agent at a seat.
 *
 * Rules: every changing call carries the session's token and an `Idempotency-Key`, so a call whose answer was lost is sent again
 * with the same key and happens once. Nothing but JSON travels here; pages of papers are fetched by the reader.
 *
 *     const api = new Api({ tokenHeader: 'X-CSRF-Token' });
 *     api.token = (await api.get<Me>('/api/me')).csrf;
 *     await api.send('POST', `/api/meetings/${m}/open`);
 */
import { Failure, failureOf } from './failure.ts';
import { serverClock } from './clock.svelte.ts';
import { newId } from './wire/ids.ts';

export type Method = 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface ApiOptions {
  /** `X-CSRF-Token` to the server, `X-Seat-Token` to a seat's agent. */
  tokenHeader: string;
  /** Called for every failure before it is thrown: to show the lock, or the sign-in. */
  onFailure?: (failure: Failure) => void;
  timeoutMs?: number;
  /** Waits between tries of a call whose answer did not arrive. */
  retryMs?: readonly number[];
}

export class Api {
  token = '';

  constructor(private readonly options: ApiOptions) {}

  /** Read; throws {@link Failure}. */
  async get<T>(path: string, signal?: AbortSignal): Promise<T> {
    return (await this.call(path, { method: 'GET', signal })) as T;
  }

  /** Change; throws {@link Failure}. Give `key` to repeat an act a person began earlier. */
  async send<T = unknown>(method: Method, path: string, body: unknown = {}, key: string = newId('a')): Promise<T> {
    const request: RequestInit = {
      method,
      headers: { ...this.marks(key), 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    };
    const waits = this.options.retryMs ?? [400, 1200];
    for (let tried = 0; ; tried += 1) {
      try {
        return (await this.call(path, request)) as T;
      } catch (thrown) {
        const failure = Failure.from(thrown);
        if (!failure.undelivered || tried >= waits.length) throw failure;
        await new Promise((done) => setTimeout(done, waits[tried]));
      }
    }
  }

  /** Send a form with files, or one file as it is; `onProgress` gets the part sent, 0 … 1. Throws {@link Failure}; aborting gives `timeout`. */
  upload<T>(path: string, form: FormData | File, onProgress: (part: number) => void, signal?: AbortSignal): Promise<T> {
    // fetch cannot report how much of a body has left; a 300 MiB paper needs that.
    const request = new XMLHttpRequest();
    return new Promise<T>((resolve, reject) => {
      const fail = (failure: Failure): void => {
        this.options.onFailure?.(failure);
        reject(failure);
      };
      request.open('POST', path);
      for (const [name, value] of Object.entries(this.marks(newId('a')))) request.setRequestHeader(name, value);
      request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
      request.onerror = () => fail(new Failure('network'));
      request.onabort = () => fail(new Failure('timeout'));
      request.onload = async () => {
        if (request.status < 400) resolve((request.responseText ? JSON.parse(request.responseText) : null) as T);
        else fail(await failureOf(new Response(request.responseText, { status: request.status })));
      };
      signal?.addEventListener('abort', () => request.abort(), { once: true });
      request.send(form);
    });
  }

  private marks(key: string): Record<string, string> {
    return { [this.options.tokenHeader]: this.token, 'Idempotency-Key': key };
  }

  private async call(path: string, request: RequestInit): Promise<unknown> {
    const timeout = AbortSignal.timeout(this.options.timeoutMs ?? 15_000);
    const signal = request.signal ? AbortSignal.any([request.signal, timeout]) : timeout;
    try {
      const answer = await fetch(path, { ...request, signal, credentials: 'same-origin', cache: 'no-store' });
      if (answer.status >= 400) throw await failureOf(answer);
      serverClock.hear(answer.headers.get('Date'));
      return answer.status === 204 || answer.headers.get('Content-Length') === '0' ? null : await answer.json();
    } catch (thrown) {
      if (request.signal?.aborted) throw thrown;
      const failure = Failure.from(thrown);
      this.options.onFailure?.(failure);
      throw failure;
    }
  }
}
