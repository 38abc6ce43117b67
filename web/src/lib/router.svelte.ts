/**
 * Where the page is, after the `#` of its address: `#/meetings/m-…/papers`.
 *
 * Rules: the part before the `#` never changes, so the server needs one route a screen, and a token in `/display#…` stays in the
 * browser. Parts are decoded; a pattern names its variables with a colon.
 *
 *     const found = match('/meetings/:meeting', place.path);   // { meeting: 'm-…' } or null
 *     go('/meetings');
 */
function read(): string {
  const path = location.hash.slice(1);
  return path.startsWith('/') ? path : '/';
}

class Place {
  #path = $state(read());

  constructor() {
    addEventListener('hashchange', () => (this.#path = read()));
  }

  /** Such as `/meetings/m-abc…`; `/` when there is none. Reactive. */
  get path(): string {
    return this.#path;
  }
}

export const place = new Place();

/** The variables of `pattern` when `path` fits it, else null. */
export function match(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return null;
  const found: Record<string, string> = {};
  for (const [at, part] of wanted.entries()) {
    const there = given[at]!;
    if (part.startsWith(':')) {
      if (there === '') return null;
      found[part.slice(1)] = decodeURIComponent(there);
    } else if (part !== there) {
      return null;
    }
  }
  return found;
}

/** The address of a place, for `href`. */
export function href(path: string): string {
  return `#${path}`;
}

/** Go there; `replace` leaves no step back. */
export function go(path: string, { replace = false } = {}): void {
  if (replace) location.replace(href(path));
  else location.hash = path;
}
