/**
 * The rules of speaking as they are typed: minutes for people, seconds for the log.
 *
 * Rules: half minutes are whole seconds; what is no number from 0 is not saved.
 */
import type { SpeakingRules, SpeechKind } from '$lib/sections.ts';

type Typed = string | number;

export interface Draft {
  order: SpeakingRules['order'];
  minutes: Record<SpeechKind, Typed>;
  warn: Typed;
  person: Typed;
  group: Typed;
  span: SpeakingRules['span'];
  cuts: boolean;
}

const MOST_S = 24 * 3600;

export function draftOf(rules: SpeakingRules): Draft {
  const { speech, order, question, answer } = rules.seconds;
  return {
    order: rules.order,
    minutes: { speech: speech / 60, order: order / 60, question: question / 60, answer: answer / 60 },
    warn: rules.warn,
    person: rules.person / 60,
    group: rules.group / 60,
    span: rules.span,
    cuts: rules.cuts,
  };
}

/** Null when something is no number from 0 to a day. */
export function rulesOf(draft: Draft): SpeakingRules | null {
  const seconds = (typed: Typed, each: number): number => (typed === '' || typed === null ? NaN : Math.round(Number(typed) * each));
  const rules: SpeakingRules = {
    order: draft.order,
    seconds: {
      speech: seconds(draft.minutes.speech, 60),
      order: seconds(draft.minutes.order, 60),
      question: seconds(draft.minutes.question, 60),
      answer: seconds(draft.minutes.answer, 60),
    },
    warn: seconds(draft.warn, 1),
    person: seconds(draft.person, 60),
    group: seconds(draft.group, 60),
    span: draft.span,
    cuts: draft.cuts,
  };
  const all = [...Object.values(rules.seconds), rules.warn, rules.person, rules.group];
  return all.every((value) => value >= 0 && value <= MOST_S) ? rules : null;
}
