/** Who is ready for a vote, as a console asks for it (W114). */
import type { Look } from '$lib/voting/ready.ts';
import type { MeetingDesk } from '../../meeting/desk.svelte.ts';
import { session } from '../../session.svelte.ts';

export function looks(desk: MeetingDesk): Look {
  return (asked, signal) => session.api.get(`${desk.path}/votes/ready?${new URLSearchParams({ ...asked })}`, signal);
}

/** Seats and members tell of themselves; a console that comes or goes is found at the next look. */
export function stirs({ delivery, now }: MeetingDesk): unknown {
  return [delivery, now.members, now.attendance];
}
