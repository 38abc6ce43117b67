import type { SpeechKind } from '../sections.ts';

/** The ways of speaking, in the order in which they are offered. */
export const KINDS: readonly SpeechKind[] = ['speech', 'question', 'answer', 'order'];
