/**
 * A vote as it is being prepared: sensible defaults, and what is sent.
 *
 * Rules: with the defaults alone a vote can be opened; the server checks everything again.
 */
import { t } from '$lib/i18n/texts.svelte.ts';
import type { AgendaItem, Base, Meaning, Share, Vote } from '$lib/sections.ts';

export interface Draft {
  vote: string | null;
  item: string;
  kind: Vote['kind'];
  question: string;
  template: string;
  own: { text: string; means: Meaning }[];
  majority: string;
  quorum: string;
  tie: 'fails' | 'chair';
  seconds: string;
  /** Only of those who count for more than one; empty: one person, one vote. */
  weights: Record<string, number>;
  /** Who casts whose ballot; a line without names is none. */
  proxies: { person: string; holder: string }[];
  repeats: string | null;
  reason: string;
  /** Of an election: one name a line, and the numbers as they are typed. */
  candidates: string;
  least: string;
  most: string;
  seats: string;
}

const HALF: Share = { num: 1, den: 2, more: true };
const TWO_THIRDS: Share = { num: 2, den: 3, more: false };

export const MAJORITIES: Record<string, { base: Base; share: Share }> = {
  half_all: { base: 'all', share: HALF },
  half_present: { base: 'present', share: HALF },
  two_thirds_all: { base: 'all', share: TWO_THIRDS },
  half_cast: { base: 'cast', share: HALF },
  half_decided: { base: 'decided', share: HALF },
};
export const QUORUMS: Record<string, Share | null> = { none: null, half: HALF, two_thirds: TWO_THIRDS };
export const SECONDS: Record<string, number> = { none: 0, s30: 30, s60: 60, s120: 120, s300: 300 };
const OWN: Draft['own'] = [
  { text: '', means: 'for' },
  { text: '', means: 'against' },
];

/** A question never longer than the server takes. */
const LONGEST = 2000;

/** An item that says itself that something is adopted is asked in its own words. */
function asked(title: string): string {
  return title.toLowerCase().startsWith(t('voting.adopts')) ? title : t('voting.default_question', { title });
}

export function fresh(item: AgendaItem): Draft {
  return {
    vote: null,
    item: item.item,
    kind: 'open',
    question: asked(item.title).slice(0, LONGEST),
    template: 'approve',
    own: OWN.map((one) => ({ ...one })),
    majority: 'half_all',
    quorum: 'none',
    tie: 'fails',
    seconds: 'none',
    weights: {},
    proxies: [],
    repeats: null,
    reason: '',
    ...NONE,
  };
}

/** The draft of a vote that is there: to change it, or to vote again. */
export function from(vote: Vote): Draft {
  const { rule } = vote;
  const key = <T>(all: Record<string, T>, fits: (one: T) => boolean, otherwise: string): string =>
    Object.entries(all).find(([, one]) => fits(one))?.[0] ?? otherwise;
  return {
    vote: vote.vote,
    item: vote.item,
    kind: vote.kind,
    question: vote.question,
    template: vote.template,
    own: vote.template === 'own' ? vote.answers.map(({ text, means }) => ({ text, means })) : OWN.map((one) => ({ ...one })),
    majority: key(MAJORITIES, ({ base, share }) => base === rule.base && same(share, rule.majority), 'half_all'),
    quorum: key(QUORUMS, (share) => (share === null ? rule.quorum === null : rule.quorum !== null && same(share, rule.quorum)), 'none'),
    tie: rule.tie,
    seconds: key(SECONDS, (seconds) => seconds === vote.seconds, 'none'),
    weights: Object.fromEntries(vote.weights.map(({ person, weight }) => [person, weight])),
    proxies: (vote.proxies ?? []).map((one) => ({ ...one })),
    repeats: vote.repeats,
    reason: vote.reason,
    ...(vote.election ? standing(vote) : NONE),
  };
}

const NONE = { candidates: '', least: '1', most: '1', seats: '1' };

function standing(vote: Vote): typeof NONE {
  const { least, most, seats } = vote.election!;
  return { candidates: vote.answers.map(({ text }) => text).join('\n'), least: `${least}`, most: `${most}`, seats: `${seats}` };
}

/** The names that stand, one a line. */
export function names({ candidates }: Draft): string[] {
  return candidates.split('\n').map((name) => name.trim()).filter((name) => name !== '');
}

/** What is sent. */
export function body(draft: Draft): object {
  const { base, share } = MAJORITIES[draft.majority]!;
  const quorum = QUORUMS[draft.quorum] ?? null;
  return {
    item: draft.item,
    kind: draft.kind,
    question: draft.question.trim(),
    template: draft.template,
    ...(draft.template === 'candidates' ? elected(draft) : {}),
    ...(draft.template === 'own' ? { answers: draft.own.map(({ text, means }) => ({ text: text.trim(), means })) } : {}),
    rule: { base, majority: share, quorum, tie: draft.kind === 'secret' || draft.template === 'candidates' ? 'fails' : draft.tie },
    // Hands are counted and secret ballots collected by people: no clock closes them, and nobody counts for more.
    seconds: draft.kind === 'hands' || draft.kind === 'secret' ? 0 : SECONDS[draft.seconds],
    weights: draft.kind === 'hands' || draft.kind === 'secret' ? [] : weighed(draft),
    proxies: draft.kind === 'open' ? draft.proxies.filter(({ person, holder }) => person && holder) : [],
    ...(draft.repeats ? { repeats: draft.repeats, reason: draft.reason.trim() } : {}),
  };
}

/** What a seat sends to open it at once (W121); `seen`: how many votes are known there. */
export function begun(draft: Draft, seen: number): object {
  const { item, kind, question, template, rule, seconds } = body(draft) as Record<string, unknown>;
  return { item, kind, question, template, rule, seconds, seen };
}

function elected(draft: Draft): object {
  return { candidates: names(draft), election: { least: Number(draft.least), most: Number(draft.most), seats: Number(draft.seats) } };
}

function weighed({ weights }: Draft): object[] {
  return Object.entries(weights)
    .filter(([, weight]) => weight !== 1)
    .map(([person, weight]) => ({ person, weight }));
}

function same(a: Share, b: Share): boolean {
  return a.num * b.den === b.num * a.den && a.more === b.more;
}
