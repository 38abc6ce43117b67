/**
 * The one thing a chair does next.
 *
 * Rules: khai mạc → bắt đầu nội dung 1 → sang nội dung N → bế mạc; in a recess, go on. An item that was passed over does not hold up the end,
 * but it is named when the meeting is to be closed.
 */
import { type AgendaItem, nextItem, type Phase } from '$lib/sections.ts';

export type NextAction =
  | { kind: 'open' | 'resume' | 'close' }
  | { kind: 'start'; item: AgendaItem; first: boolean }
  | { kind: 'none' };

export function nextAction(phase: Phase, agenda: readonly AgendaItem[]): NextAction {
  if (phase === 'approved') return { kind: 'open' };
  if (phase === 'recess') return { kind: 'resume' };
  if (phase !== 'open') return { kind: 'none' };
  const item = nextItem(agenda);
  if (item) return { kind: 'start', item, first: agenda.every((one) => one.state === 'waiting') };
  return { kind: 'close' };
}

/** Items nobody has come to. */
export function untouched(agenda: readonly AgendaItem[]): AgendaItem[] {
  return agenda.filter((item) => item.state === 'waiting');
}
