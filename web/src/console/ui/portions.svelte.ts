/**
 * A long list that is drawn in portions, one a frame: the first screenful stands there at once, and no key waits for the rest.
 * Each doubles what is there, because a table is measured whole each time.
 *
 * Rules: made while a component is set up. `all` counts the rows there are; when what `of` gives becomes another, the portions begin
 * anew, before anything is drawn. Rows that were drawn are hidden where they are not asked for: taking hundreds of them out and
 * putting them back costs more than a tenth of a second at a key, and so does showing them all at once.
 *
 *     const drawn = new Portions(() => known.length);
 *     const shown = new Portions(() => rows.length, () => words);
 *     const seen = $derived(new Set(rows.slice(0, shown.many)));
 *     {#each known.slice(0, drawn.many) as row}<tr hidden={!seen.has(row)}>
 */
/** A screenful of 1080 lines and half another: the table measures each of them before the first is seen. */
export const FIRST = 24;

export class Portions {
  #many = $state(FIRST);

  constructor(all: () => number, of: () => unknown = () => null) {
    const list = $derived(of());
    $effect.pre(() => {
      void list;
      this.#many = FIRST;
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
