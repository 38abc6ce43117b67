import type { Speaking, Speech } from '../sections.ts';

/** A person's turn to speak: called, or speaking. By itself, because every part of a meeting asks for it. */
export function myTurn(speaking: Speaking | null | undefined, person: string): Speech | undefined {
  return speaking?.speeches.find((each) => each.person === person && (each.state === 'called' || each.state === 'speaking'));
}
