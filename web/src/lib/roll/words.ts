/**
 * The quorum in words, the same on every screen (A4). Needs the texts of the area "roll".
 *
 *     quorumWords(quorum)      // "31/45 đại biểu có mặt · cần 30 · đủ điều kiện"
 */
import { t } from '../i18n/texts.svelte.ts';
import type { Quorum, Share } from '../sections.ts';

/** How many are there, how many have to be, and whether that is enough. */
export function quorumWords(quorum: Quorum): string {
  const line = t('roll.quorum.line', { n: quorum.present, of: quorum.entitled });
  return quorum.need === null ? line : [line, t('roll.quorum.need', { n: quorum.need }), quorumVerdict(quorum)].join(' · ');
}

/** Whether that is enough. */
export function quorumVerdict({ present, need, met }: Quorum): string {
  if (need === null) return t('roll.quorum.no_rule');
  return met ? t('roll.quorum.met') : t('roll.quorum.short', { n: need - present });
}

/** `31/45 có mặt · cần 30`, where there is little room. */
export function quorumShort({ present, entitled, need }: Quorum): string {
  const line = t('roll.quorum.here', { n: present, of: entitled });
  return need === null ? line : `${line} · ${t('roll.quorum.need', { n: need })}`;
}

/** `ít nhất 2/3 tổng số đại biểu` */
export function ruleText(rule: Share | null): string {
  if (rule === null) return t('roll.quorum.no_rule');
  if (rule.more && rule.num * 2 === rule.den) return t('roll.quorum.half');
  return t(rule.more ? 'roll.quorum.more_than' : 'roll.quorum.at_least', { share: `${rule.num}/${rule.den}` });
}

/** A rule there is and it is not met. */
export const isShort = (quorum: Quorum | null | undefined): boolean => quorum != null && quorum.need !== null && !quorum.met;
