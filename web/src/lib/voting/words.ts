/**
 * A vote in words: its rule, and a result with its arithmetic (V6).
 *
 * Rules: the numbers are the server's, whole and already decided; here they are only said. What a percentage is taken of stands
 * beside it. Needs the catalogue `voting`.
 */
import circleCheck from 'icon:circle-check';
import circleMinus from 'icon:circle-minus';
import circleX from 'icon:circle-x';
import message from 'icon:message-circle-more';
import { number } from '../i18n/format.ts';
import { t } from '../i18n/texts.svelte.ts';
import { marksOf, NOBODY } from './marks.ts';
import type { Meaning, Share, Vote, VoteResult } from '../sections.ts';

/** So many are named in a question; the rest are counted. */
const NAMED = 8;

export const GLYPHS: Record<Meaning, string> = { for: circleCheck, against: circleX, abstain: circleMinus, other: message };
export const TONES: Record<Meaning, 'good' | 'bad' | 'neutral' | 'warn'> = { for: 'good', against: 'bad', abstain: 'neutral', other: 'warn' };

/** Where answers mean the same, no sign tells them apart: its number among all; 0 for one that means something of its own. */
export function numberOf(vote: Vote, answer: string): number {
  const at = vote.answers.findIndex((one) => one.answer === answer);
  return vote.answers.filter((one) => one.means === vote.answers[at]?.means).length > 1 ? at + 1 : 0;
}

/** `66,66%`; hundredths of a percent in, as the server cut them off. */
export function percentage(hundredths: number): string {
  return `${number(hundredths / 100, hundredths % 100 === 0 ? 0 : 2)}%`;
}

/** `quá nửa`, `ít nhất hai phần ba`, `tất cả`, `ít nhất 3/4`. */
export function shareWords({ num, den, more }: Share): string {
  if (num === den && !more) return t('voting.share.all');
  if (num * 2 === den) return t(more ? 'voting.share.more_half' : 'voting.share.half');
  if (num * 3 === den * 2 && !more) return t('voting.share.two_thirds');
  return t(more ? 'voting.share.more' : 'voting.share.least', { part: `${num}/${den}` });
}

/** What the share is taken of; of those present the ones whose proxy is there count, too, and that is said (B25). */
function baseWords({ rule, turnout }: Vote): string {
  const held = rule.base === 'present' && turnout.voting !== undefined && turnout.voting > turnout.present;
  return t(`voting.base.${held ? 'held' : rule.base}`);
}

/** How many voted, were there, and may vote; people, not weights. */
export function turnoutLine({ turnout }: Vote): string {
  const { cast, present, entitled, voting = present } = turnout;
  return t(voting > present ? 'voting.turnout_held' : 'voting.turnout_of', { cast, present, entitled, held: voting - present });
}

/** `cần quá nửa tổng số đại biểu có quyền biểu quyết`. */
export function ruleWords(vote: Vote): string {
  if (vote.election) return t('voting.election.rule', { seats: vote.election.seats, share: shareWords(vote.rule.majority), base: baseWords(vote) });
  return t('voting.rule', { share: shareWords(vote.rule.majority), base: baseWords(vote) });
}

/** What the answers came to, in sentences: who voted for it, of whom, and what was needed. `brief`: without names that stand below. */
export function resultLines(vote: Vote, result: VoteResult, { brief = false } = {}): string[] {
  const lines: string[] = [];
  if (vote.rule.quorum) {
    const { present, of, need, met } = result.quorum;
    lines.push(t(met ? 'voting.quorum_met' : 'voting.quorum_missed', { present, of, need, share: shareWords(vote.rule.quorum) }));
  }
  if (vote.election) {
    lines.push(
      t('voting.election.arithmetic', {
        n: result.elected.length,
        seats: vote.election.seats,
        base: baseWords(vote),
        of: result.of,
        share: shareWords(vote.rule.majority),
        need: result.need,
      }),
    );
    if (result.tied.length > 0 && !brief) lines.push(t('voting.election.tied', { names: result.tied.map((one) => answerText(vote, one)).join(', ') }));
  } else if (result.outcome !== 'counted') {
    lines.push(
      t(isWeighted(vote) ? 'voting.arithmetic_weighted' : 'voting.arithmetic', {
        favour: result.favour,
        of: result.of,
        part: percentage(result.hundredths),
        base: baseWords(vote),
        share: shareWords(vote.rule.majority),
        need: result.need,
      }),
    );
  }
  if (result.tie && vote.rule.tie === 'chair' && result.chair) lines.push(t(`voting.tie_chair.${result.chair === 'for' ? 'for' : 'not'}`));
  else if (result.tie) lines.push(t('voting.tied'));
  return lines;
}

/** A candidate with what they came to. */
export interface Ranked {
  answer: string;
  text: string;
  votes: number;
  hundredths: number;
  elected: boolean;
  tied: boolean;
}

/** Everybody who stood: the elected, the tied, the others; each by votes. */
export function ranked(vote: Vote, result: VoteResult): Ranked[] {
  const rank = ({ elected, tied }: Ranked): number => (elected ? 0 : tied ? 1 : 2);
  return vote.answers
    .map(({ answer, text }) => ({ ...result.counts.find((one) => one.answer === answer)!, answer, text }))
    .map((row) => ({ ...row, elected: result.elected.includes(row.answer), tied: result.tied.includes(row.answer) }))
    .toSorted((a, b) => rank(a) - rank(b) || b.votes - a.votes);
}

/** More rows than these could not be read from the last row of the room; whoever is elected is never left out for others. */
const WALL_ROWS = { few: 10, most: 15 };

export function onWall(rows: readonly Ranked[]): readonly Ranked[] {
  const decided = rows.filter(({ elected, tied }) => elected || tied).length;
  return rows.slice(0, Math.min(WALL_ROWS.most, Math.max(WALL_ROWS.few, decided)));
}

/** Before the close: how many have not voted, who they are (the first few by name), and whether `me` is one of them. */
export function closeLines(vote: Vote, me: string | undefined): string[] {
  const missing = mayCome(vote) - vote.turnout.cast;
  if (missing <= 0) return [t('voting.all_voted')];
  const waiting = vote.roll.filter((one) => (one.present || one.by) && !one.voted);
  const lines = [t('voting.close_what', { n: missing })];
  if (waiting.length > 0) {
    const named = waiting.slice(0, NAMED).map(({ name }) => name).join(', ');
    const names = waiting.length > NAMED ? t('voting.close_more', { names: named, n: waiting.length - NAMED }) : named;
    lines.push(t('voting.close_who', { names }));
  }
  if (waiting.some(({ person }) => person === me)) lines.push(t('voting.close_you'));
  return lines;
}

/** Who gave which answer of an announced vote, in the order of the answers; last, without one, who was there and sent none. */
export function byAnswer(vote: Vote): { answer: string; text: string; means: Meaning | null; names: string[] }[] {
  const said = new Map(vote.ballots.map(({ person, answer }) => [person, answer]));
  const names = (answer: string | undefined) => vote.roll.filter((one) => said.get(one.person) === answer && (answer || one.present || one.by)).map((one) => one.name);
  const marking = (answer: string) => vote.roll.filter((one) => marksOf(said.get(one.person) ?? NOBODY).includes(answer)).map((one) => one.name);
  return [
    ...vote.answers.map((one) => ({ ...one, names: vote.election ? marking(one.answer) : names(one.answer) })),
    { answer: '', text: t('voting.not_voted'), means: null, names: names(undefined) },
  ].filter((group) => group.names.length > 0);
}

/** Of how many people a ballot may come: who was there, and whose proxy was. */
export function mayCome({ turnout }: Vote): number {
  return turnout.voting ?? turnout.present;
}

/** How many have voted; of a secret vote how many were given a ballot: whether it came back only the collection shows. */
export function turnoutWords(vote: Vote): string {
  return t(vote.kind === 'secret' ? 'voting.secret.given' : 'voting.voted', { n: vote.turnout.cast, of: mayCome(vote) });
}

export function isWeighted(vote: Vote): boolean {
  return vote.weights.length > 0;
}

/** Seconds left, by the server's clock; null without a duration, below zero when time is up. */
export function secondsLeft(vote: Vote, now: number): number | null {
  return vote.ends_at === null ? null : Math.ceil((Date.parse(vote.ends_at) - now) / 1000);
}

/** The text of an answer, as it was asked; of an election the names that are marked. */
export function answerText(vote: Vote, answer: string): string {
  if (vote.election && answer === NOBODY) return t('voting.election.nobody');
  if (vote.election) return marksOf(answer).map((mark) => vote.answers.find((one) => one.answer === mark)?.text ?? mark).join(', ');
  return vote.answers.find((one) => one.answer === answer)?.text ?? answer;
}
