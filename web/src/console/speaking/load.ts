/** A member's own turn at a console, fetched when it comes. */
import { useTexts } from '$lib/i18n/texts.svelte.ts';

export const loadMyTurn = async () => (await Promise.all([import('./MyTurn.svelte'), useTexts('speaking')]))[0].default;
