/** Consultation slips as the server tells of them (docs/API.md), and what the pages make of them. */
import type { Base, Meaning, Share, VoteResult } from '$lib/sections.ts';
import type { Account } from '../types.ts';

export type Stage = 'draft' | 'submitted' | 'open' | 'closed' | 'withdrawn';
export type Move = 'edit' | 'drop' | 'submit' | 'take-back' | 'return' | 'send' | 'extend' | 'remind' | 'remove' | 'close' | 'withdraw';
export type Template = 'approve' | 'agree' | 'own' | 'opinion';

export interface Rule {
  base: Base;
  majority: Share;
  quorum: Share | null;
  tie: 'fails';
}
export interface Choice {
  answer: string;
  text: string;
  means: Meaning;
}
export interface Question {
  question: string;
  text: string;
  template: Template;
  answers: Choice[];
  rule: Rule | null;
  /** Words may be added to an answer. */
  opinion: boolean;
}
export interface Wording {
  subject: string;
  submission: string;
  leader: string | null;
  recipients: string[];
  questions: Question[];
  deadline: string | null;
  signed: boolean;
  live: boolean;
  shared: boolean;
  /** Nobody learns who answered what; then neither signed nor live, and shared. */
  secret?: boolean;
}
export interface SlipPaper {
  paper: string;
  version: number;
  kind: 'submission' | 'paper';
  title: string;
  secrecy: string;
  pages: number;
  size_bytes: number;
}
export interface Said {
  question: string;
  answer: string | null;
  opinion: string;
}
export interface Asked {
  person: string;
  name: string;
  position: string;
  unit: string;
  answered: number;
  answered_at: string | null;
  opened_at: string | null;
  reminders: number;
  reminded_at: string | null;
  removed_at: string | null;
  removed_why: string;
}
export interface HandedIn {
  number: number;
  at: string;
  signed: boolean;
  answers: Said[];
}
export interface Mine extends Asked {
  /** Where a secret ballot was given, in a few words. */
  browser?: string;
  draft: Said[] | null;
  draft_revision: number;
  handed_in: HandedIn[];
}
export interface Progress {
  asked: number;
  opened: number;
  answered: number;
  waiting: number;
  removed: number;
}
export interface Result {
  question: string;
  result: VoteResult | null;
  voices: { person: string; name: string; answer: string | null; opinion: string }[];
}
export interface Listed {
  consultation: string;
  stage: Stage;
  /** The deadline has passed; it is closed in a moment. */
  over: boolean;
  revision: number;
  subject: string;
  leader: string | null;
  leader_name?: string;
  signed: boolean;
  secret: boolean;
  questions: number;
  deadline: string | null;
  extended: number;
  by_clock: boolean;
  reason: string;
  sent_at: string | null;
  closed_at: string | null;
  changed_at: string;
  is_leader: boolean;
  is_staff: boolean;
  mine?: Asked;
  progress?: Progress | null;
}
/** Of a closed secret slip; `lost`: nobody could open it. */
export interface Urn {
  given: number;
  collected: number;
  opened: boolean;
  lost: boolean;
}
export interface Slip extends Omit<Listed, 'mine'> {
  wording: Wording;
  papers: SlipPaper[];
  extensions: { at: string; by: string; until: string; reason: string }[];
  moves: Move[];
  names: Record<string, string>;
  mine: Mine | null;
  people?: Asked[];
  results?: Result[];
  sha256: string | null;
  /** Of a secret slip that was sent: the key that signs its ballots. */
  token_key: string | null;
  /** Of an open secret slip: the server does not have the key of its urn now. */
  keyless?: boolean;
  urn?: Urn;
  ballots?: { receipt: string; answers: Said[] }[];
}
export interface Lists {
  asked: Listed[];
  led: Listed[];
}

export const TONES = { draft: 'neutral', submitted: 'warn', open: 'accent', closed: 'good', withdrawn: 'bad' } as const;

/** What waits for this person: to answer first, then to approve. */
export function waiting({ asked, led }: Lists): { answer: Listed[]; approve: Listed[] } {
  return {
    answer: asked.filter(({ stage, over, mine }) => stage === 'open' && !over && mine?.answered === 0),
    approve: led.filter(({ stage, is_leader }) => stage === 'submitted' && is_leader),
  };
}

/** Among fewer nobody's answer is secret. */
export const LEAST_SECRET = 3;
const HALF: Share = { num: 1, den: 2, more: true };
const TWO_THIRDS: Share = { num: 2, den: 3, more: false };

/** Rules as they are offered; the words are under `consultation.rule`. */
export const RULES: Record<string, { base: Base; majority: Share }> = {
  half_all: { base: 'all', majority: HALF },
  two_thirds_all: { base: 'all', majority: TWO_THIRDS },
  half_cast: { base: 'cast', majority: HALF },
  half_decided: { base: 'decided', majority: HALF },
};
export const QUORUMS: Record<string, Share | null> = { none: null, half: HALF, two_thirds: TWO_THIRDS };

const same = (a: Share | null, b: Share | null): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The name of a rule that is offered; another one stays as it is. */
export function ruleName(rule: Rule | null): string {
  return Object.entries(RULES).find(([, one]) => one.base === rule?.base && same(one.majority, rule.majority))?.[0] ?? 'half_all';
}
export function quorumName(rule: Rule | null): string {
  return Object.entries(QUORUMS).find(([, one]) => same(one, rule?.quorum ?? null))?.[0] ?? 'none';
}
export function ruleOf(name: string, quorum: string): Rule {
  return { ...RULES[name]!, quorum: QUORUMS[quorum] ?? null, tie: 'fails' };
}

export function emptyQuestion(): Question {
  return { question: '', text: '', template: 'approve', answers: [], rule: ruleOf('half_all', 'none'), opinion: true };
}
export function emptyWording(): Wording {
  return {
    subject: '',
    submission: '',
    leader: null,
    recipients: [],
    questions: [emptyQuestion()],
    deadline: null,
    signed: false,
    live: false,
    shared: true,
  };
}

/** Open or secret; what does not go together is put right. */
export function setSecret(wording: Wording, secret: boolean): void {
  wording.secret = secret;
  if (secret) Object.assign(wording, { signed: false, live: false, shared: true });
}

/** What is sent: a template's answers are the server's, a question for words has no rule. */
export function sentWording(wording: Wording): object {
  return {
    ...wording,
    questions: wording.questions.map(({ text, template, answers, rule, opinion }) => ({
      text,
      template,
      answers: template === 'own' ? answers.map(({ text: words, means }) => ({ text: words.trim(), means })) : [],
      rule: template === 'opinion' ? null : (rule ?? ruleOf('half_all', 'none')),
      opinion,
    })),
  };
}

/** What has to be there before it is submitted, by the name of its field. */
export function lacking(wording: Wording, papers: readonly SlipPaper[]): string[] {
  const there: Record<string, unknown> = {
    subject: wording.subject.trim(),
    submission: wording.submission.trim() || papers.some(({ kind }) => kind === 'submission'),
    questions: wording.questions.length > 0 && wording.questions.every(({ text }) => text.trim()),
    answers: wording.questions.every(({ template, answers }) => template !== 'own' || (answers.length > 1 && answers.every(({ text }) => text.trim()))),
    recipients: wording.recipients.length > 0,
    few: !wording.secret || wording.recipients.length === 0 || wording.recipients.length >= LEAST_SECRET,
    leader: wording.leader,
    deadline: wording.deadline,
  };
  return Object.keys(there).filter((name) => !there[name]);
}

/** An answer for each question: of the draft, else as it was last handed in, else none. */
export function begun(slip: Slip): Said[] {
  const kept = slip.mine?.draft ?? slip.mine?.handed_in.at(-1)?.answers;
  return slip.wording.questions.map(({ question }) => {
    const one = kept?.find((said) => said.question === question);
    return { question, answer: one?.answer ?? null, opinion: one?.opinion ?? '' };
  });
}

/**
 * Whether words have to be added: only words are asked for, or "another opinion" was chosen. On a secret slip nobody has to write
 * because only words are asked for: a hand is known by its words.
 */
export function needsWords({ template, answers }: Question, answer: string | null, secret = false): boolean {
  return (answers.length === 0 && !secret) || (template === 'agree' && answers.find((one) => one.answer === answer)?.means === 'other');
}

/** The numbers of the questions that still need something, from 1. */
export function missing(questions: readonly Question[], said: readonly Said[], secret = false): number[] {
  return questions.flatMap((question, at) => {
    const { answer, opinion } = said[at]!;
    const chosen = question.answers.length === 0 || answer !== null;
    return chosen && (opinion.trim() !== '' || !needsWords(question, answer, secret)) ? [] : [at + 1];
  });
}

/** Words where none may be are not sent. */
export function tidy(questions: readonly Question[], said: readonly Said[]): Said[] {
  return said.map((one, at) => {
    const question = questions[at]!;
    return { ...one, opinion: question.opinion || needsWords(question, one.answer) ? one.opinion.trim() : '' };
  });
}

/** What an answer says, in a few words. */
export function words(question: Question, { answer, opinion }: Pick<Said, 'answer' | 'opinion'>): string {
  const chosen = question.answers.find((one) => one.answer === answer)?.text ?? '';
  return [chosen, opinion].filter(Boolean).join(' – ');
}

/** Who may be asked to approve the sending: who works, and runs neither the system nor its rights nor its record. */
export const mayApprove = ({ disabled, roles }: Pick<Account, 'disabled' | 'roles'>): boolean =>
  !disabled && !roles.some((role) => role === 'system_admin' || role === 'security_admin' || role === 'auditor');
