/**
 * A long list that is drawn in portions, one a frame: the first screenful stands there at once, and no key waits for the rest.
 * Each doubles what is there, because a table is measured whole each time.
 *
 * Rules: made while a component is set up. Begins anew when the question changes (`asked`), not when rows come or go. `all` counts
 * the rows there are.
 *
 *     const portions = new Portions(() => rows.length, () => words);
 *     {#each rows.slice(0, portions.many) as row}
 */
const FIRST = 40;

export class Portions {
  #many = $state(FIRST);

  constructor(all: () => number, asked: () => unknown) {
    let before: unknown = asked();
    $effect.pre(() => {
      const now = asked();
      if (now !== before) this.#many = FIRST;
      before = now;
    });
    $effect(() => {
      if (this.#many >= all()) return;
      const frame = requestAnimationFrame(() => (this.#many *= 2));
      return () => cancelAnimationFrame(frame);
    });
  }

  /** How many of the rows are drawn by now, or more. */
  get many(): number {
    return this.#many;
  }
}
