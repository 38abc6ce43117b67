/**
 * Which papers of a meeting lack signatures, at the moments when that matters.
 *
 * Rules: to close and to lock matter the rounds that still go on; to a dossier also those that were ended before all had signed.
 * The words come with the component, fetched when it is first wanted.
 *
 *     unsigned(desk.now.rounds, 'close')   // [{ round, title, signed: 1, of: 2 }]
 */
import { useTexts } from '$lib/i18n/texts.svelte.ts';
import type { SigningRound } from '$lib/sections.ts';

export type Moment = 'close' | 'lock' | 'dossier';

export interface Unsigned {
  round: string;
  title: string;
  signed: number;
  of: number;
}

export function unsigned(rounds: readonly SigningRound[] | undefined, moment: Moment): Unsigned[] {
  return (rounds ?? [])
    .map((one) => ({ one, signed: one.signers.filter((signer) => signer.signed_at !== null).length }))
    .filter(({ one, signed }) => signed < one.signers.length && (moment === 'dossier' || one.closed_at === null))
    .map(({ one, signed }) => ({ round: one.round, title: one.title, signed, of: one.signers.length }));
}

export const loadUnsigned = async () => (await Promise.all([import('./Unsigned.svelte'), useTexts('house')]))[0].default;
