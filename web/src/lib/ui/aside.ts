/**
 * What makes way for what cannot wait. A ballot that opens is to be seen at once, and a dialog stands above everything: the page below
 * it can be neither seen nor touched.
 *
 *     $effect(() => makesWay(() => (open = false)));   // a dialog, while it stands open
 *     clearTheWay();                                   // a ballot is here
 */
const standing = new Set<() => void>();

/** Returns how to be forgotten. */
export function makesWay(close: () => void): () => void {
  standing.add(close);
  return () => standing.delete(close);
}

/** What was opened last goes first: it stands on the others. */
export function clearTheWay(): void {
  for (const close of [...standing].toReversed()) close();
}
