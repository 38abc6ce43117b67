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
import type { Meaning, Share, Vote, VoteResult } from '../sections.ts';

export const GLYPHS: Record<Meaning, string> = { for: circleCheck, against: circleX, abstain: circleMinus, other: message };
export const TONES: Record<Meaning, 'good' | 'bad' | 'neutral' | 'warn'> = { for: 'good', against: 'bad', abstain: 'neutral', other: 'warn' };

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

/** `cần quá nửa tổng số đại biểu có quyền biểu quyết`. */
export function ruleWords(vote: Vote): string {
  return t('voting.rule', { share: shareWords(vote.rule.majority), base: t(`voting.base.${vote.rule.base}`) });
}

/** What the answers came to, in sentences: who voted for it, of whom, and what was needed. */
export function resultLines(vote: Vote, result: VoteResult): string[] {
  const lines: string[] = [];
  if (vote.rule.quorum) {
    const { present, of, need, met } = result.quorum;
    lines.push(t(met ? 'voting.quorum_met' : 'voting.quorum_missed', { present, of, need, share: shareWords(vote.rule.quorum) }));
  }
  if (result.outcome !== 'counted') {
    lines.push(
      t(isWeighted(vote) ? 'voting.arithmetic_weighted' : 'voting.arithmetic', {
        favour: result.favour,
        of: result.of,
        part: percentage(result.hundredths),
        base: t(`voting.base.${vote.rule.base}`),
        share: shareWords(vote.rule.majority),
        need: result.need,
      }),
    );
  }
  if (result.tie && vote.rule.tie === 'chair' && result.chair) lines.push(t(`voting.tie_chair.${result.chair === 'for' ? 'for' : 'not'}`));
  else if (result.tie) lines.push(t('voting.tied'));
  return lines;
}

export function isWeighted(vote: Vote): boolean {
  return vote.weights.length > 0;
}

/** Seconds left, by the server's clock; null without a duration, below zero when time is up. */
export function secondsLeft(vote: Vote, now: number): number | null {
  return vote.ends_at === null ? null : Math.ceil((Date.parse(vote.ends_at) - now) / 1000);
}

/** The text of an answer, as it was asked. */
export function answerText(vote: Vote, answer: string): string {
  return vote.answers.find((one) => one.answer === answer)?.text ?? answer;
}
