/** What signed acts need, fetched when it is first wanted: most consoles never sign. */
import { useTexts } from '$lib/i18n/texts.svelte.ts';

const withTexts = async <T>(module: Promise<{ default: T }>): Promise<T> => (await Promise.all([module, useTexts('acts')]))[0].default;

export const loadSignedDialog = () => withTexts(import('./SignedDialog.svelte'));
export const loadApproval = () => withTexts(import('./Approval.svelte'));
export const loadMyPart = () => withTexts(import('./MyPart.svelte'));
export const loadNamedBallot = () => withTexts(import('./NamedBallot.svelte'));
export const loadClosed = () => withTexts(import('./Closed.svelte'));
export const loadSignedBy = () => withTexts(import('./SignedBy.svelte'));
