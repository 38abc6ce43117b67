/**
 * A PIN that is being typed, at a seat and in the bridge's window alike.
 *
 * Rules (G41, G52): it lives here only until it has been sent, is sent once, and is gone after a minute without a key. What cannot be a
 * PIN of this token is said before it costs a try, and the last try is asked for.
 *
 *     const entry = new PinEntry({ token: () => token, send, empty: () => t('…'), length: (range) => t('…', range) });
 *     $effect(() => entry.forgetLater());
 */
import { Failure } from '$lib/failure.ts';

export interface PinToken {
  state: string;
  tries_left: number | null;
  low: boolean;
  last: boolean;
  shortest: number;
  longest: number;
}
interface Wiring {
  token: () => PinToken;
  /** What it throws is shown; nothing is tried again. */
  send: (pin: string, last: boolean) => Promise<unknown>;
  empty: () => string;
  length: (range: { shortest: number; longest: number }) => string;
  /** Whether the person has to say once more that they mean it. */
  doubtful?: () => boolean;
}
const IDLE_MS = 60_000;

export class PinEntry {
  pin = $state('');
  visible = $state(false);
  /** The last try is being asked for, or what was not seen. */
  asking = $state(false);
  /** Where it is typed; has the focus again after a refusal. */
  field = $state<HTMLInputElement>();
  #sending = $state(false);
  #error = $state('');

  constructor(private readonly wiring: Wiring) {}

  get error(): string {
    return this.#error;
  }
  get busy(): boolean {
    return this.#sending || this.wiring.token().state === 'working';
  }

  /** For an effect: the minute begins again with every key. */
  forgetLater(): () => void {
    void this.pin;
    const wait = setTimeout(() => {
      this.pin = '';
      this.asking = false;
    }, IDLE_MS);
    return () => clearTimeout(wait);
  }

  /** The person says that it is whole. */
  ready(): void {
    if (this.busy) return;
    const { shortest, longest, last } = this.wiring.token();
    // The token counts bytes, not letters.
    const length = new TextEncoder().encode(this.pin).length;
    if (length === 0) this.#error = this.wiring.empty();
    else if (length < shortest || length > longest) this.#error = this.wiring.length({ shortest, longest });
    else if (last || this.wiring.doubtful?.()) this.asking = true;
    else void this.go(false);
  }

  async go(last: boolean): Promise<void> {
    const sent = this.pin;
    this.pin = this.#error = '';
    this.visible = this.asking = false;
    this.#sending = true;
    try {
      await this.wiring.send(sent, last);
    } catch (thrown) {
      this.#error = Failure.from(thrown).text;
      this.field?.focus();
    } finally {
      this.#sending = false;
    }
  }
}
