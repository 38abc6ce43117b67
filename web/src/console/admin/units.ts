/** The tree of units as screens need it (docs/API.md). */

export interface UnitPerson {
  id: string;
  name: string;
}

export interface Unit {
  id: string;
  code: string;
  name: string;
  parent: string | null;
  /** 0 at the top. */
  depth: number;
  /** The names from the top. */
  path: string;
  /** Who can sign in and belongs to it alone. */
  people: number;
  head: UnitPerson | null;
  deputies: readonly UnitPerson[];
  closed: boolean;
  into: string | null;
  revision: number;
}

/** The units and all that lies below them, in the order of the tree. */
export function below(units: readonly Unit[], id: string): Set<string> {
  const found = new Set([id]);
  for (const unit of units) if (unit.parent !== null && found.has(unit.parent)) found.add(unit.id);
  return found;
}

/** What is seen while some units are folded. */
export function seen(units: readonly Unit[], folded: ReadonlySet<string>): Unit[] {
  const hidden = new Set<string>();
  return units.filter((unit) => {
    const gone = unit.parent !== null && (hidden.has(unit.parent) || folded.has(unit.parent));
    if (gone) hidden.add(unit.id);
    return !gone;
  });
}

export type Step = { to: string } | { fold: string } | { unfold: string } | null;

/** What a key does in a tree (WAI-ARIA): up and down walk, right opens or goes in, left folds or goes out. */
export function step(key: string, at: string, shown: readonly Unit[], folded: ReadonlySet<string>): Step {
  const here = shown.findIndex(({ id }) => id === at);
  const unit = shown[here];
  if (!unit) return shown[0] ? { to: shown[0].id } : null;
  const next = shown[here + 1];
  const to = (one: Unit | undefined): Step => (one ? { to: one.id } : null);
  switch (key) {
    case 'ArrowDown':
      return to(next);
    case 'ArrowUp':
      return to(shown[here - 1]);
    case 'Home':
      return to(shown[0]);
    case 'End':
      return to(shown.at(-1));
    case 'ArrowRight':
      return folded.has(unit.id) ? { unfold: unit.id } : to(next?.parent === unit.id ? next : undefined);
    case 'ArrowLeft':
      return next?.parent === unit.id ? { fold: unit.id } : to(shown.find(({ id }) => id === unit.parent));
    default:
      return null;
  }
}

/** Open units to choose from, the lower ones further in. */
export function choices(units: readonly Unit[], without: ReadonlySet<string> = new Set()): { value: string; label: string }[] {
  return units
    .filter(({ id, closed }) => !closed && !without.has(id))
    .map(({ id, depth, name }) => ({ value: id, label: `${'\u2003'.repeat(depth)}${name}` }));
}

/** The brothers of a unit that are open, in their order. */
export function brothers(units: readonly Unit[], unit: Unit): Unit[] {
  return units.filter(({ parent, closed }) => parent === unit.parent && !closed);
}
