/**
 * A long list that is drawn in portions, one a frame: the first screenful stands there at once, and no key waits for the rest.
 * Each doubles what is there, because a table is measured whole each time.
 *
 * Rules: made while a component is set up. What was drawn stays so: a row that is not asked for is hidden, for taking hundreds of
 * them out and putting them back costs more than a tenth of a second at a key. `all` counts the rows there are.
 *
 *     const portions = new Portions(() => known.length);
 *     {#each known.slice(0, portions.many) as row}<tr hidden={!wanted.has(row)}>
 */
const FIRST = 40;

export class Portions {
  #many = $state(FIRST);

  constructor(all: () => number) {
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
