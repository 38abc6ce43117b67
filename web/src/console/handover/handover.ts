/** What somebody holds, and a hand-over, as the server tells them (docs/API.md). */

export interface Holding {
  key: string;
  kind: string;
  part: string;
  title: string;
  path: string;
  /** Why it stays; empty when it can go. */
  why: string;
  /** Ends with the account. */
  ends: boolean;
}

export interface Held {
  person: { id: string; name: string; position: string; unit: string };
  holdings: Holding[];
  /** The number of a hand-over that was begun. */
  running: number | null;
}

export interface Line {
  number: number;
  kind: string;
  part: string;
  title: string;
  path: string;
  to: string;
  to_name: string;
  state: 'waiting' | 'done' | 'refused' | 'left';
  code: string;
}

export interface HandedOver {
  number: number;
  person: { id: string; name: string };
  by: { id: string; name: string };
  reason: string;
  begun_at: string;
  done_at: string | null;
  lines: Line[];
  sha256?: string;
}

/** By kind, in the order the server has them. */
export function parts(holdings: readonly Holding[]): { kind: string; holdings: Holding[] }[] {
  const kinds = [...new Set(holdings.map(({ kind }) => kind))];
  return kinds.map((kind) => ({ kind, holdings: holdings.filter((one) => one.kind === kind) }));
}

/** What can go to somebody. */
export function moving(holdings: readonly Holding[]): Holding[] {
  return holdings.filter(({ why, ends }) => why === '' && !ends);
}

/** Instead of a taker: it stays where it is, on purpose. */
export const NOBODY = '-';

/** Who takes a thing over: who was chosen for it, while they are on the list, else the first of it; empty without anybody. */
export function taker(chosen: string | undefined, takers: readonly { id: string }[]): string {
  const stands = chosen === NOBODY || takers.some(({ id }) => id === chosen);
  return (stands ? chosen : takers[0]?.id) ?? '';
}

/** What is asked of the server: everything that somebody takes over, or nobody on purpose. */
export function lines(holdings: readonly Holding[], to: (one: Holding) => string): { key: string; to: string }[] {
  return holdings.map((one) => ({ key: one.key, to: to(one) })).filter(({ to: whom }) => whom !== '');
}
