/**
 * The rule of the quorum as it is chosen: `house`, `none`, `2/3` (at least), `>1/2` (more than).
 *
 *     choiceOf(quorum) === '2/3'; rollOf('>1/2', true)
 */
import type { Quorum, Share } from '$lib/sections.ts';

export const HOUSE = 'house';
export const NONE = 'none';
/** What is offered; another that was set stays, as its own choice. */
export const USUAL = ['>1/2', '2/3', '3/4'] as const;

export const choiceOf = (quorum: Quorum | undefined): string =>
  quorum === undefined ? HOUSE : quorum.rule === null ? NONE : `${quorum.rule.more ? '>' : ''}${quorum.rule.num}/${quorum.rule.den}`;

/** What the server is sent; nothing where the house decides. */
export function rollOf(choice: string, by_self: boolean): { by_self: boolean; quorum: Share | null } | undefined {
  if (choice === HOUSE) return undefined;
  const [, more, num, den] = /^(>?)(\d+)\/(\d+)$/.exec(choice) ?? [];
  return { by_self, quorum: num === undefined ? null : { num: Number(num), den: Number(den), more: more === '>' } };
}
