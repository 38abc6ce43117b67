/**
 * Who has the floor, who is next, how much time is left (S1–S3).
 *
 * Rules: all of it is the log's, computed by the server's side; here it is only chosen and counted down by the server's clock. One person
 * has the floor; who was interrupted waits beside.
 *
 *     const turn = floor(speaking);
 *     leftSeconds(turn, serverClock.now);
 */
import type { Speaking, Speech } from '../sections.ts';

const STANDING = ['waiting', 'called', 'speaking', 'paused'];

/** Called, or speaking. */
export function floor(speaking: Speaking | null | undefined): Speech | undefined {
  return speaking?.speeches.find(({ state }) => state === 'called' || state === 'speaking');
}

/** Interrupted, the last one first. */
export function interrupted(speaking: Speaking | null | undefined): Speech[] {
  return (speaking?.speeches ?? []).filter(({ state }) => state === 'paused').toReversed();
}

/** Who waits on `item`, the next one first. */
export function queue(speaking: Speaking | null | undefined, item: string | null | undefined): Speech[] {
  const waiting = (speaking?.speeches ?? []).filter((each) => each.item === item && each.state === 'waiting');
  return waiting.toSorted((a, b) => a.place - b.place);
}

/** What is over on `item`, the newest first; taken back is not worth a line. */
export function past(speaking: Speaking | null | undefined, item: string | null | undefined): Speech[] {
  const over = (speaking?.speeches ?? []).filter((each) => each.item === item && ['ended', 'refused', 'written'].includes(each.state));
  return over.toReversed();
}

/** A person's own, newest first. */
export function mine(speaking: Speaking | null | undefined, person: string): Speech[] {
  return (speaking?.speeches ?? []).filter((each) => each.person === person).toReversed();
}

/** Not over yet. */
export function stands(speech: Speech): boolean {
  return STANDING.includes(speech.state);
}

/** How long it has taken, pauses not counted; seconds. */
export function spentSeconds(speech: Speech, now: number): number {
  const running = speech.since ? Math.max(0, now - Date.parse(speech.since)) : 0;
  return (speech.spent_ms + running) / 1000;
}

/** What is left, negative when it is over; null without a limit. Seconds. */
export function leftSeconds(speech: Speech, now: number): number | null {
  return speech.limit_ms === null ? null : speech.limit_ms / 1000 - spentSeconds(speech, now);
}

export type Tone = 'calm' | 'warn' | 'over';

/** How loud the clock is. */
export function tone(left: number | null, warn: number): Tone {
  if (left === null) return 'calm';
  if (left <= 0) return 'over';
  return left <= warn ? 'warn' : 'calm';
}

/** The order in which the queue would stand with one moved by `by` places. */
export function moved(waiting: readonly Speech[], speech: string, by: number): string[] {
  const order = waiting.map((each) => each.speech);
  const at = order.indexOf(speech);
  const to = Math.max(0, Math.min(order.length - 1, at + by));
  if (at < 0 || at === to) return order;
  order.splice(to, 0, ...order.splice(at, 1));
  return order;
}

/** A step that somebody who leads may ask for. */
export type Step = 'call' | 'put_back' | 'start' | 'pause' | 'resume' | 'stop' | 'refuse' | 'cancel';

/** Where steps go: to the server from a console, to the agent at a seat. */
export interface Floor {
  step(step: Step, speech: Speech, data?: { ends?: string; reason?: string }): Promise<unknown>;
  extend(speech: Speech, seconds: number): Promise<unknown>;
}
