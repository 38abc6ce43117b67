/** An invitation and the answers to it, as the server tells of them (docs/API.md). */
export type Reply = 'attend' | 'absent' | 'substitute';
export const REPLIES: readonly Reply[] = ['attend', 'absent', 'substitute'];

export interface Line {
  person: string;
  name: string;
  position: string;
  unit: string;
  role: string;
  /** Has a place of their own to give to a substitute. */
  may_send: boolean;
  reply: Reply | null;
  reason: string;
  at: string | null;
  /** Who said it for them; empty when they did. */
  by: string;
  substitute: string | null;
  substitute_name: string;
  approved: boolean | null;
  decision: string;
  reminded_at: string | null;
  reminders: number;
  /** Their account has ended: they come no more, and are asked no more. */
  left?: boolean;
}
export interface Sent {
  letter: string;
  number: string;
  issued_on: string;
  sent_at: string;
  asked_at: string;
  moved: boolean;
  revoked_at: string | null;
  /** Why it holds no more; empty while it does. */
  revoked: string;
}
export interface Timing {
  invitation: string;
  answers: string;
  invitation_late: boolean;
  answers_late: boolean;
  day_off: boolean;
}
export interface Counts {
  invited: number;
  attend: number;
  absent: number;
  substitute: number;
  waiting: number;
  undecided: number;
  /** Of those on the list, who has left; in none of the others. */
  left: number;
}
export interface Told {
  sent: Sent | null;
  timing: Timing | null;
  leads: boolean;
  /** Members who have left, by name; told to who leads, while the meeting is prepared. */
  left: string[];
  open?: boolean;
  mine?: Line | null;
  counts?: Counts;
  people?: Line[];
}
export interface Mine {
  meeting: string;
  title: string;
  starts_at: string;
  room_name: string;
  sent: Sent;
  timing: Timing | null;
  mine: Line;
}
export interface Candidate {
  person: string;
  name: string;
  position: string;
  unit: string;
}

/** A tone for what was answered; the words say the same. */
export function tone(line: Line): 'good' | 'warn' | 'bad' | 'neutral' {
  if (line.left) return 'bad';
  if (line.reply === null) return 'neutral';
  if (line.reply === 'attend') return 'good';
  return line.approved === null ? 'warn' : line.approved ? 'good' : 'bad';
}

/** The words' key of how an answer stands. */
export function standing(line: Line): string {
  if (line.left) return 'invitation.reply.left';
  if (line.reply === null) return 'invitation.reply.waiting';
  if (line.reply === 'attend') return 'invitation.reply.attend';
  const decided = line.approved === null ? 'asked' : line.approved ? 'approved' : 'refused';
  return `invitation.reply.${line.reply}_${decided}`;
}

/** What is sent; null while it lacks a reason or a name. */
export function body(reply: Reply | '', reason: string, substitute: string): Record<string, string> | null {
  if (reply === '' || (reply === 'absent' && !reason.trim()) || (reply === 'substitute' && !substitute)) return null;
  return { reply, ...(reason.trim() && reply !== 'attend' ? { reason: reason.trim() } : {}), ...(reply === 'substitute' ? { substitute } : {}) };
}
