/**
 * What stands in the middle of a seat's screen.
 *
 * Rules: who leaves an item sees nothing until it is over, whatever they had in front (W90). One thing may finish before: a signature
 * whose PIN was already given. Leading is the chair's, and ends with the meeting; then come what the person went to, and the recess.
 *
 *     middleOf({ who, phase, leaving, leading, speaking, signing, step, resting })
 */
import type { Phase } from '$lib/sections.ts';
import { mayLead } from './rights.ts';
import type { SeatSections, SignStep } from './sections.ts';

type Who = NonNullable<SeatSections['person']>;

export type Middle = 'recused' | 'lead' | 'speak' | 'sign' | 'recess' | 'papers';

interface Wanted {
  who: Who;
  phase: Phase | undefined;
  /** The person has to leave what is dealt with. */
  leaving: boolean;
  leading: boolean;
  speaking: boolean;
  signing: boolean;
  /** How far the signature is that was confirmed, if one was. */
  step: SignStep | undefined;
  resting: boolean;
}

/* Taking the screen away closes the paper and would cut off what was confirmed. What is only being sent needs no screen: it is
   written down, and without the server it could stand there for the whole item. */
const AT_CARD: readonly (SignStep | undefined)[] = ['checking', 'asking', 'signing'];
const LED: readonly (Phase | undefined)[] = ['approved', 'open', 'recess'];

/** Whether the chair has something to lead: from approval to the close. */
export function leadsNow(who: Who, phase: Phase | undefined): boolean {
  return mayLead(who) && LED.includes(phase);
}

export function middleOf(now: Wanted): Middle {
  if (now.leaving) return now.signing && AT_CARD.includes(now.step) ? 'sign' : 'recused';
  if (now.leading && leadsNow(now.who, now.phase)) return 'lead';
  if (now.speaking) return 'speak';
  if (now.signing) return 'sign';
  return now.resting ? 'recess' : 'papers';
}
