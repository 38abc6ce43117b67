/** The sections every screen reads, as `wire/view.py` writes them; field for field. */
export type Phase = 'draft' | 'submitted' | 'approved' | 'open' | 'recess' | 'closed' | 'locked' | 'cancelled';
export type MemberRole = 'chair' | 'secretary' | 'member' | 'guest' | 'presenter';
export type Secrecy = 'normal' | 'internal' | 'confidential' | 'secret' | 'top_secret';

export interface Meeting {
  id: string | null;
  title: string;
  type: string;
  room: string;
  room_name: string;
  starts_at: string | null;
  planned_minutes: number;
  phase: Phase;
  reason: string;
  opened_at: string | null;
  closed_at: string | null;
  /** Which one of which series it is (W141). */
  series?: { series: string; number: number; of: number } | null;
  /** The meeting that this one tries out (M5). */
  rehearsal_of?: string | null;
  /** Whom the chair lets present (F1). */
  presenter?: string | null;
}

export interface Member {
  person: string;
  name: string;
  position: string;
  unit: string;
  role: MemberRole;
  seat: string | null;
  seat_label: string;
  signed_in: boolean;
  /** Where they have signed in, whosever place it is. */
  sits_at?: string | null;
  /** They sat signed in when the meeting closed. */
  stayed?: boolean;
  /** They have sat there since before the opening: not late. */
  in_time?: boolean;
  /** Whose place they have taken, and who has taken theirs (A3). */
  stands_for?: string | null;
  replaced_by?: string | null;
  may_speak?: boolean;
  may_vote?: boolean;
}

export interface AgendaItem {
  item: string;
  parent: string | null;
  /** `1`, `1.2` … */
  number: string;
  title: string;
  minutes: number;
  visibility: 'common' | 'internal' | 'hidden';
  presenter: string | null;
  state: 'waiting' | 'active' | 'done';
  started_at: string | null;
  ended_at: string | null;
  papers: string[];
  /** Who has to leave it: all for who leads, oneself for the others (W90). */
  recused?: string[];
}

export interface Paper {
  paper: string;
  item: string;
  title: string;
  secrecy: Secrecy;
  version: number;
  state: 'submitted' | 'returned' | 'approved' | 'published' | 'recalled';
  pages: number;
  size_bytes: number;
  plain_sha256: string;
  owner: string;
  /** The file carries a signature made elsewhere. */
  signed: boolean;
  published_version: number;
  /** Pages of the published version. */
  published_pages: number;
  reason: string;
}

export interface Presenting {
  paper: string;
  version: number;
  page: number;
  person: string;
  name: string;
  /** Grows when the chair brings everybody back. */
  call: number;
}

export interface Display {
  mode: 'welcome' | 'item' | 'page' | 'vote' | 'message' | 'blank';
  text: string;
  /** What a message counts down to. */
  until?: string | null;
  /** Which message it is; empty when it is none of the queue. */
  notice?: string;
}

export interface Recall {
  expected: { device: string; seat_label: string }[];
  receipts: {
    device: string;
    seat: string;
    seat_label: string;
    papers: number;
    pages: number;
    at: string;
    receipt_sha256: string;
  }[];
}

/** The newest word about a person's presence (A1). */
export interface Attendance {
  person: string;
  presence: 'present' | 'late' | 'excused' | 'absent' | 'left' | 'returned';
  /** Signed with the token, said at the seat, or recorded by staff. */
  method: 'token' | 'self' | 'staff';
  at: string;
  arrived_at: string | null;
  reason: string;
  /** SHA-256 of the signed statement; empty without one. */
  statement: string;
}

/** Chair and members who are there, of all who count (A4). `need` is null without a rule; guests never count. */
export interface Quorum {
  present: number;
  entitled: number;
  need: number | null;
  met: boolean;
  /** People may say at their seat that they are there, without a token. */
  by_self: boolean;
  /** Minutes after the beginning in which who comes is not late (W156). */
  late_after?: number;
  rule: Share | null;
}

/** What somebody asks for at their seat (D6); a member's own, all for who leads. */
export interface ServiceCall {
  call: string;
  person: string;
  name: string;
  seat_label: string;
  kind: 'water' | 'paper' | 'technical' | 'secretary' | 'other';
  text: string;
  state: 'asked' | 'taken' | 'done' | 'cancelled';
  asked_at: string;
  /** Who took or ended it. */
  by: string;
  at: string;
}

/** A file that people sign. */
export interface SigningRound {
  round: string;
  kind: 'minutes' | 'resolution' | 'notice' | 'attendance' | 'invitation';
  title: string;
  signers: { person: string; signed_at: string | null }[];
  revision: number;
  sha256: string;
  size_bytes: number;
  closed_at: string | null;
}

export type VoteState = 'created' | 'open' | 'paused' | 'collecting' | 'closed' | 'announced' | 'withdrawn';
export type Meaning = 'for' | 'against' | 'abstain' | 'other';
export type Base = 'all' | 'present' | 'cast' | 'decided';

/** `num`/`den`; `more`: strictly more than that, else at least that. */
export interface Share {
  num: number;
  den: number;
  more: boolean;
}

/** The arithmetic of a counted vote; whole numbers, percentages in hundredths, cut off. */
export interface VoteResult {
  counts: { answer: string; votes: number; people: number; hundredths: number }[];
  sums: Record<Base, number>;
  favour: number;
  against: number;
  of: number;
  need: number;
  hundredths: number;
  quorum: { present: number; of: number; need: number; met: boolean };
  tie: boolean;
  chair: Meaning | null;
  outcome: 'passed' | 'rejected' | 'no_quorum' | 'counted' | 'elected' | 'unfilled';
  /** Of an election: who fills the seats, by votes; who is tied for the last of them. */
  elected: string[];
  tied: string[];
}

export interface Election {
  least: number;
  most: number;
  seats: number;
}

export interface Vote {
  vote: string;
  item: string;
  kind: 'hands' | 'open' | 'named' | 'secret';
  question: string;
  template: string;
  answers: { answer: string; text: string; means: Meaning }[];
  rule: { base: Base; majority: Share; quorum: Share | null; tie: 'fails' | 'chair' };
  seconds: number;
  weights: { person: string; weight: number }[];
  repeats: string | null;
  reason: string;
  /** The answers are candidates: so many are marked on a ballot, so many seats are filled. */
  election?: Election | null;
  state: VoteState;
  opened_at: string | null;
  closed_at: string | null;
  announced_at: string | null;
  /** When its clock closes it; stands still while it is paused. Null without a clock. */
  ends_at: string | null;
  /** Nobody closed it: its time was over. */
  by_clock: boolean;
  /** `voting`: of how many ballots may come, those of people whose proxy is there with them (W107). */
  turnout: { entitled: number; present: number; cast: number; voting?: number };
  proxies?: { person: string; holder: string }[];
  /** All for who leads, and for everybody once it is announced; before that a member's own line alone. */
  roll: { person: string; name: string; weight: number; present: boolean; voted: boolean; by?: string | null }[];
  /** How many had to leave the item and are not on the roll. */
  recused?: number;
  /** What the log holds of a ballot before the close (W67): by voter, as `roll`. */
  receipts: { person: string; commitment: string }[];
  ballots: { person: string; answer: string; statement: string }[];
  /** Of a secret vote: which collection goes on and why, and the published ballots by their receipts (W80). */
  secret?: {
    run: number;
    reason: string;
    relays: number;
    /** What the run waits for (W104): ballots, after a while, or a word of the chair. */
    missing: number;
    asks: string;
    ballots: { receipt: string; answer: string }[];
  } | null;
  result: VoteResult | null;
}

/** The vote that everybody looks at: the one opened last, unless it was withdrawn. */
export function currentVote(votes: readonly Vote[] | null | undefined): Vote | undefined {
  const shown = (votes ?? []).filter(({ opened_at, state }) => opened_at !== null && state !== 'withdrawn');
  return shown.toSorted((a, b) => a.opened_at!.localeCompare(b.opened_at!)).at(-1);
}

/** Ballots are asked for and not published yet. */
export function isRunning(vote: Vote | undefined): boolean {
  return ['open', 'paused', 'collecting'].includes(vote?.state ?? '');
}

export type SpeechKind = 'speech' | 'order' | 'question' | 'answer';
export type SpeechState = 'waiting' | 'called' | 'speaking' | 'paused' | 'ended' | 'refused' | 'cancelled' | 'written';

/** A turn to speak: a registration and what became of it (W92). */
export interface Speech {
  speech: string;
  item: string;
  person: string;
  kind: SpeechKind;
  name: string;
  position: string;
  unit: string;
  state: SpeechState;
  /** In the queue of its item, from 1; 0: does not wait. */
  place: number;
  /** Who asked on their behalf. */
  by: string;
  /** Why it was refused. */
  reason: string;
  asked_at: string;
  called_at: string | null;
  started_at: string | null;
  ended_at: string | null;
  /** Null: no limit. */
  limit_ms: number | null;
  /** Of the stretches that have ended. */
  spent_ms: number;
  since: string | null;
  ends_at: string | null;
  by_clock: boolean;
  /** Asked for before the meeting opened. */
  in_advance: boolean;
  written: { sha256: string; characters: number; at: string } | null;
}

/** Seconds; 0: no limit. */
export interface SpeakingRules {
  order: 'first' | 'fewest' | 'chair';
  seconds: Record<SpeechKind, number>;
  warn: number;
  person: number;
  group: number;
  span: 'item' | 'meeting';
  cuts: boolean;
}

export interface Speaking {
  rules: SpeakingRules;
  /** In the order of asking. */
  speeches: Speech[];
  /** Turns and milliseconds over the rules' span. */
  people: { person: string; turns: number; ms: number }[];
  groups: { unit: string; turns: number; ms: number }[];
}

/** A message of whoever leads (W96). */
export interface Notice {
  notice: string;
  to: 'wall' | 'seats';
  text: string;
  /** Before it is sent empty for all; to others than who leads only themselves. */
  people: string[];
  /** Of its countdown; 0: none. */
  seconds: number;
  by: string;
  state: 'prepared' | 'sent' | 'withdrawn';
  sent_at: string | null;
  ends_at: string | null;
  read: { person: string; at: string }[];
}

/** The oldest message that waits for a person to say that they have read it, and how many do. */
export function unread(notices: readonly Notice[] | null | undefined, person: string): Notice[] {
  return (notices ?? []).filter(
    (each) => each.state === 'sent' && each.to === 'seats' && each.people.includes(person) && !each.read.some((line) => line.person === person),
  );
}

/** What the chair concludes of an item (W136). */
export interface Conclusion {
  item: string;
  text: string;
  /** The actor of its event. */
  by: string;
  at: string;
  seq: number;
}

/** The sections of a meeting. */
export interface MeetingSections {
  meeting: Meeting;
  members: Member[];
  agenda: AgendaItem[];
  papers: Paper[];
  votes: Vote[];
  presenting: Presenting | null;
  display: Display;
  recall: Recall;
  attendance: Attendance[];
  quorum: Quorum;
  service?: ServiceCall[];
  rounds: SigningRound[];
  speaking?: Speaking;
  notices?: Notice[];
  conclusions?: Conclusion[];
}

/** Papers that seats hold: published at least once and not recalled. */
export function published(papers: readonly Paper[]): Paper[] {
  return papers.filter((paper) => paper.published_version > 0 && paper.state !== 'recalled');
}

/** The item that is being dealt with: the innermost in progress; those above it are in progress, too (W47). */
export function activeItem(agenda: readonly AgendaItem[]): AgendaItem | undefined {
  return agenda.findLast((item) => item.state === 'active');
}

/** The item that follows the one dealt with in reading order; before the first has begun, the first. */
export function nextItem(agenda: readonly AgendaItem[]): AgendaItem | undefined {
  const at = agenda.findLastIndex((item) => item.state === 'active');
  return agenda.slice(at + 1).find((item) => item.state === 'waiting');
}
