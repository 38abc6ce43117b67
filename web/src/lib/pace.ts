/**
 * At most one word in so many milliseconds: the first at once, of those that follow only the last.
 *
 * Someone who presents and leafs through twenty pages should not make every seat draw twenty pages.
 */
export class Pace<T> {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #last: { value: T } | null = null;

  constructor(
    private readonly everyMs: number,
    private readonly say: (value: T) => void,
  ) {}

  push(value: T): void {
    if (this.#timer !== undefined) {
      this.#last = { value };
      return;
    }
    this.say(value);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const last = this.#last;
      this.#last = null;
      if (last) this.push(last.value);
    }, this.everyMs);
  }

  /** Something was just said, or waits to be. */
  get busy(): boolean {
    return this.#timer !== undefined;
  }

  /** Forget what waits. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#last = null;
  }
}
