/** What a person at a seat may ask for; the server decides again. */
import type { AgendaItem, Meeting, MemberRole, Paper } from '$lib/sections.ts';

interface Who {
  id: string;
  role: MemberRole;
}

/** Chair, secretary, and whom the chair lets, present any paper; a presenter those of their own item; while the meeting is open. */
export function mayPresent(who: Who, meeting: Meeting, agenda: readonly AgendaItem[], paper: Paper): boolean {
  if (meeting.phase !== 'open') return false;
  if (who.role === 'chair' || who.role === 'secretary') return true;
  // Whom the chair lets present: what lies in front of them is theirs to read.
  if (meeting.presenter === who.id) return true;
  return agenda.find((item) => item.item === paper.item)?.presenter === who.id;
}

/** Whether this person leads the meeting from their seat. */
export function mayLead(who: Who): boolean {
  return who.role === 'chair';
}
