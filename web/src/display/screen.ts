import { currentVote, type MeetingSections } from '$lib/sections.ts';

/** What the wall shows now. */
export type Screen = 'idle' | 'welcome' | 'item' | 'page' | 'vote' | 'message' | 'blank' | 'recess' | 'closed';

/**
 * The screen for a meeting: its phase decides before the chair's choice, because a page or an item of a meeting that pauses or is over
 * must not stay on the wall (F2, P7). A message may be shown during a recess.
 */
export function screenOf(sections: Partial<MeetingSections>): Screen {
  const { meeting, display, presenting } = sections;
  if (!meeting || !display) return 'idle';
  if (meeting.phase === 'closed' || meeting.phase === 'locked') return 'closed';
  if (meeting.phase === 'cancelled') return 'idle';
  if (display.mode === 'blank' || display.mode === 'message') return display.mode;
  if (meeting.phase === 'recess') return 'recess';
  if (meeting.phase !== 'open') return 'welcome';
  if (display.mode === 'page') return presenting ? 'page' : 'item';
  if (display.mode === 'vote') return currentVote(sections.votes) ? 'vote' : 'item';
  return display.mode;
}
