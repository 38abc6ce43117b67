/**
 * Something asked of the server for a page: not here yet, here, or refused; three states that no page takes for one another.
 *
 * Rules: a failed repetition keeps what was there before and says so; the answer of an older question is dropped.
 *
 *     const people = new Fetched(async () => (await session.api.get<{ people: Account[] }>('/api/people')).people);
 *     $effect(() => void people.load());
 *     people.value ?? people.failure ?? 'loading'
 */
import { Failure } from '$lib/failure.ts';

export class Fetched<T> {
  #value = $state.raw<T | null>(null);
  #failure = $state.raw<Failure | null>(null);
  #asked = 0;
  #refreshing = false;
  #again = false;

  constructor(private readonly ask: () => Promise<T>) {}

  /** Null until it is here for the first time. */
  get value(): T | null {
    return this.#value;
  }
  /** Why the last question had no answer. */
  get failure(): Failure | null {
    return this.#failure;
  }
  /** Neither here nor refused. */
  get loading(): boolean {
    return this.#value === null && this.#failure === null;
  }

  /** As `load`, but never two at once: asked for meanwhile, however often, it asks once more when the answer is here. */
  async refresh(): Promise<void> {
    this.#again = true;
    if (this.#refreshing) return;
    this.#refreshing = true;
    while (this.#again) {
      this.#again = false;
      await this.load();
    }
    this.#refreshing = false;
  }

  async load(): Promise<void> {
    const mine = (this.#asked += 1);
    this.#failure = null;
    try {
      const value = await this.ask();
      if (mine === this.#asked) this.#value = value;
    } catch (thrown) {
      if (mine === this.#asked) this.#failure = Failure.from(thrown);
    }
  }
}
