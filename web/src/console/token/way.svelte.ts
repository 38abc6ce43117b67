/**
 * Signing in, or opening the lock, with the token of this PC: how far it is, and what the person can do next.
 *
 * Rules (G53, G54): a challenge is good for a minute, so one that waits for its PIN is renewed; what the bridge gives goes to the
 * server once. A bridge that does not know this browser any longer is paired anew.
 *
 *     const way = new TokenWay(() => '/api/sign-in/token', (me) => session.opened(me));
 *     $effect(() => way.start());
 */
import { untrack } from 'svelte';
import { Failure } from '$lib/failure.ts';
import { errorText, t } from '$lib/i18n/texts.svelte.ts';
import { session } from '../session.svelte.ts';
import type { Me } from '../types.ts';
import { type About, type Asking, Bridge, find, isPaired } from './bridge.ts';

export type Step = 'looking' | 'away' | 'unpaired' | 'pairing' | 'ready' | 'waiting' | 'checking';
const RENEW_MS = 40_000;
const LOOK_MS = 1_000;

export class TokenWay {
  #step = $state<Step>('looking');
  #error = $state('');
  #about = $state.raw<About | null>(null);
  #ports = $state.raw<readonly number[]>([]);
  #bridge: Bridge | null = null;
  #asking: Asking | null = null;
  #ended = false;

  constructor(
    private readonly path: () => string,
    private readonly done: (me: Me) => unknown,
  ) {}

  get step(): Step {
    return this.#step;
  }
  get error(): string {
    return this.#error;
  }
  get about(): About | null {
    return this.#about;
  }
  /** Where a bridge answers that is to be paired: that of this page, once there is one. */
  get ports(): readonly number[] {
    return this.#ports;
  }

  start(): () => void {
    this.#ended = false;
    void untrack(() => this.look());
    return () => {
      this.#ended = true;
      void this.#asking?.withdraw();
    };
  }

  async look(): Promise<void> {
    this.#step = 'looking';
    this.#error = '';
    try {
      this.#about ??= await session.api.get<About>('/api/bridge');
      const found = await find(this.#about.ports);
      if (found.bridge) this.#paired(found.bridge);
      else this.#unpaired(found.ports);
    } catch (thrown) {
      await this.#fail(thrown, 'away');
    }
  }

  async pair(port: number): Promise<void> {
    const bridge = new Bridge(port);
    const code = bridge.introduce(this.#about!);
    this.#step = 'pairing';
    this.#error = '';
    try {
      const { nonce } = await session.api.send<{ nonce: string }>('POST', '/api/bridge/pairing');
      for (;;) {
        await new Promise((next) => setTimeout(next, LOOK_MS));
        if (this.#ended || this.#step !== 'pairing') return;
        if (!(await isPaired(port))) continue;
        const word = await bridge.call<object>('/api/vouch', { code, nonce }).catch((thrown: unknown) => {
          // Paired since long: it waits for the person's word about this browser.
          if (Failure.from(thrown).code !== 'bridge-code-wrong') throw thrown;
          return null;
        });
        if (word === null) continue;
        await session.api.send('POST', '/api/bridge/paired', { ...word, nonce });
        return this.#paired(bridge);
      }
    } catch (thrown) {
      await this.#fail(thrown, 'unpaired');
    }
  }

  /** Ask for the token's signature. */
  async go(): Promise<void> {
    this.#error = '';
    this.#step = 'waiting';
    try {
      const asking = await this.#bridge!.ask(await this.#challenge());
      this.#asking = asking;
      asking.show();
      const renew = setInterval(() => void this.#renew(asking), RENEW_MS);
      try {
        await this.#follow(asking);
      } finally {
        clearInterval(renew);
      }
    } catch (thrown) {
      if (this.#ended) return;
      const failure = Failure.from(thrown);
      if (failure.code === 'bridge-unknown') {
        this.#error = t('token.pair_first');
        return this.#unpaired([this.#bridge!.port]);
      }
      await this.#fail(failure, 'ready');
    }
  }
  showWindow(): void {
    this.#asking?.show();
  }
  async stop(): Promise<void> {
    await this.#asking?.withdraw();
    this.#step = 'ready';
  }

  async #follow(asking: Asking): Promise<void> {
    for await (const told of asking.told()) {
      if (told.state === 'over') {
        this.#error = told.code === 'bridge-ask-over' ? '' : await errorText(told.code, told.data);
        this.#step = 'ready';
        return;
      }
      if (told.state !== 'done') continue;
      this.#step = 'checking';
      const me = await session.api.send<Me>('POST', this.path(), told.result);
      await this.done(me);
      return;
    }
    if (!this.#ended && this.#step === 'waiting') this.#step = 'ready';
  }

  async #renew(asking: Asking): Promise<void> {
    await asking.renew(await this.#challenge()).catch(() => undefined);
  }
  async #challenge(): Promise<string> {
    return (await session.api.send<{ message: string }>('POST', '/api/sign-in/token/challenge')).message;
  }
  #paired(bridge: Bridge): void {
    this.#bridge = bridge;
    this.#ports = [bridge.port];
    this.#step = 'ready';
  }
  #unpaired(ports: readonly number[]): void {
    this.#ports = ports;
    this.#step = ports.length > 0 ? 'unpaired' : 'away';
  }
  async #fail(thrown: unknown, step: Step): Promise<void> {
    this.#error = Failure.from(thrown).text;
    this.#step = step;
  }
}
