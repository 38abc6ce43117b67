/**
 * Signing a paper from the console: file and signed question to the bridge, PIN in its window, the server's offer in between (G55).
 *
 * Rules: the lease is taken when the card has taken the PIN, and given back when no signature comes of it. Nothing is tried again.
 *
 *     const signing = new PaperSigning(path, round);
 *     await signing.run();     // throws Failure
 */
import { Failure } from '$lib/failure.ts';
import { errorText, t } from '$lib/i18n/texts.svelte.ts';
import { session } from '../session.svelte.ts';
import { type About, type Asking, type Bridge, find } from './bridge.ts';

export type Step = 'fetching' | 'waiting' | 'turn' | 'sending' | 'done';
interface Signed {
  signature: string;
  fence: number;
}

export class PaperSigning {
  #step = $state<Step>('fetching');
  #asking: Asking | null = null;
  #fence = 0;

  /** `path` of the round. */
  constructor(private readonly path: string) {}

  get step(): Step {
    return this.#step;
  }
  show(): void {
    this.#asking?.show();
  }
  async stop(): Promise<void> {
    await this.#asking?.withdraw();
  }

  /** Whether it was signed; false when the person turned away. Throws `Failure`. */
  async run(): Promise<boolean> {
    const { ports } = await session.api.get<About>('/api/bridge');
    const { bridge } = await find(ports);
    if (!bridge) throw new Failure('bridge-away', 0, { vi: t('rounds.no_bridge'), en: t('rounds.no_bridge') });
    try {
      return await this.#sign(bridge);
    } catch (thrown) {
      await this.#giveBack();
      throw Failure.from(thrown);
    }
  }

  async #sign(bridge: Bridge): Promise<boolean> {
    const { message } = await session.api.send<{ message: string }>('POST', `${this.path}/ask`);
    const asking = await bridge.ask(message);
    this.#asking = asking;
    asking.show();
    const file = await fetch(`${this.path}/file`, { cache: 'no-store' });
    if (!file.ok) throw new Failure(`http-${file.status}`, file.status);
    await asking.file(await file.blob());
    this.#step = 'waiting';
    for await (const told of asking.told()) {
      if (told.state === 'offer') await this.#offer(asking, String(told.data['certificate']));
      else if (told.state === 'waiting') await this.#turnedBack();
      else if (told.state === 'over') {
        await this.#giveBack();
        if (told.code === 'bridge-ask-over' || told.code === 'bridge-declined') return false;
        const text = await errorText(told.code, told.data);
        throw new Failure(told.code, 409, { vi: text, en: text });
      } else if (told.state === 'done') {
        this.#step = 'sending';
        const { signature, fence } = told.result as Signed;
        await session.api.send('POST', `${this.path}/complete`, { fence, signature });
        this.#fence = 0;
        this.#step = 'done';
        return true;
      }
    }
    throw new Failure('network');
  }

  async #offer(asking: Asking, certificate: string): Promise<void> {
    this.#step = 'turn';
    try {
      const offer = await session.api.send<{ fence: number; update: string; signed_attributes: string; digest: string }>('POST', `${this.path}/begin`, { certificate });
      this.#fence = offer.fence;
      const { update, signed_attributes, digest, fence } = offer;
      await asking.offer({ update, signed_attributes, digest, fence });
    } catch (thrown) {
      const failure = Failure.from(thrown);
      await asking.offer({ code: failure.code, data: failure.data });
    }
  }

  /** The card or the bridge said no after all; the person may try again there. */
  async #turnedBack(): Promise<void> {
    this.#step = 'waiting';
    await this.#giveBack();
  }
  async #giveBack(): Promise<void> {
    const fence = this.#fence;
    this.#fence = 0;
    if (fence > 0) await session.api.send('POST', `${this.path}/give-back`, { fence }).catch(() => undefined);
  }
}
