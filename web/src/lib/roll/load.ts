/** The line of the quorum with its texts, fetched when a screen first wants it. */
import { useTexts } from '../i18n/texts.svelte.ts';

export const loadQuorumLine = async () => (await Promise.all([import('./QuorumLine.svelte'), useTexts('roll')]))[0].default;
