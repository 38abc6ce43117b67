/**
 * A message as it is typed: minutes for people, seconds for the log.
 *
 * Rules (W96): without chosen people it goes to all; the wall is for everybody.
 */
import type { Notice } from '$lib/sections.ts';

export interface Draft {
  to: Notice['to'];
  text: string;
  minutes: string | number;
  chooses: boolean;
  people: readonly string[];
}

export type Fault = 'empty' | 'not_number' | 'nobody' | '';

export function fresh(): Draft {
  return { to: 'wall', text: '', minutes: 0, chooses: false, people: [] };
}

/** What is missing or wrong; empty when it may be sent. */
export function fault(draft: Draft): Fault {
  const minutes = draft.minutes === '' ? NaN : Number(draft.minutes);
  if (draft.text.trim() === '') return 'empty';
  if (draft.to === 'wall' && !(minutes >= 0 && minutes <= 1440)) return 'not_number';
  return draft.to === 'seats' && draft.chooses && draft.people.length === 0 ? 'nobody' : '';
}

/** The body of the request. */
export function body(draft: Draft, send: boolean): object {
  const text = draft.text.trim();
  if (draft.to === 'wall') return { to: 'wall', text, seconds: Math.round(Number(draft.minutes) * 60), send };
  return { to: 'seats', text, ...(draft.chooses ? { people: draft.people } : {}), send };
}
