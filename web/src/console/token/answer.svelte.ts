/**
 * A question of the server that the person answers in the bridge's window with one PIN: a statement, a certificate (G56, G57).
 *
 * Rules: the server seals the question under `<path>/ask`, the bridge shows and signs it, and what it gives goes to `<path>` once. A
 * challenge is good for its minute, a statement for five; after that the person begins anew. Nothing is tried again.
 *
 *     const answer = new BridgeAnswer(`${desk.path}/statements/close`);
 *     const done = await answer.run({});     // null: the person turned away; throws Failure
 */
import { Failure } from '$lib/failure.ts';
import { errorText, t } from '$lib/i18n/texts.svelte.ts';
import { session } from '../session.svelte.ts';
import { type About, type Asking, find } from './bridge.ts';

export type Step = 'fetching' | 'waiting' | 'sending' | 'done';

/** The person's own no, or the page's: nothing went wrong. */
const TURNED_AWAY = ['bridge-ask-over', 'bridge-declined'];

export class BridgeAnswer<T = unknown> {
  #step = $state<Step>('fetching');
  #asking: Asking | null = null;
  #stopped = false;

  constructor(private readonly path: string) {}

  get step(): Step {
    return this.#step;
  }
  show(): void {
    this.#asking?.show();
  }
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#asking?.withdraw();
  }

  /** `asked`: what the question is about; `extra`: what goes to the server beside the answer. */
  async run(asked: object, extra: object = {}): Promise<T | null> {
    const { ports } = await session.api.get<About>('/api/bridge');
    const { bridge } = await find(ports);
    if (!bridge) throw new Failure('bridge-away', 0, { vi: t('acts.no_bridge'), en: t('acts.no_bridge') });
    const { message } = await session.api.send<{ message: string }>('POST', `${this.path}/ask`, asked);
    const asking = await bridge.ask(message);
    this.#asking = asking;
    if (this.#stopped) {
      await asking.withdraw();
      return null;
    }
    asking.show();
    this.#step = 'waiting';
    for await (const told of asking.told()) {
      if (told.state === 'over') {
        if (TURNED_AWAY.includes(told.code)) return null;
        const text = await errorText(told.code, told.data);
        throw new Failure(told.code, 409, { vi: text, en: text });
      }
      if (told.state !== 'done') continue;
      this.#step = 'sending';
      const done = await session.api.send<T>('POST', this.path, { ...(told.result as object), ...extra });
      this.#step = 'done';
      return done;
    }
    if (this.#stopped) return null;
    throw new Failure('network');
  }
}
