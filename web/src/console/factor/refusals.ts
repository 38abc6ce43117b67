/** What a refused code is told as: with how many tries are left, where that is known. */
import type { Failure } from '$lib/failure.ts';
import { t } from '$lib/i18n/texts.svelte.ts';

export function told(failure: Failure): string {
  const left = failure.data['tries_left'];
  if (failure.code !== 'second-factor-wrong' || typeof left !== 'number') return failure.text;
  return `${failure.text} ${left > 0 ? t('factor.code.left', { n: left }) : t('factor.code.slow')}`;
}
