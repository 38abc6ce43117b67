/** What the seat's agent tells its page, beside the meeting's sections (docs/API.md, "Seat page"). */
import type { Link } from '$lib/live/live.svelte.ts';
import type { MeetingSections, MemberRole } from '$lib/sections.ts';

export interface SeatInfo {
  state:
    | 'enrolling'
    | 'refused'
    | 'revoked'
    | 'confirming'
    | 'waiting'
    | 'welcome'
    | 'signed_in'
    | 'locked'
    | 'recalled'
    | 'outdated'
    | 'maintenance';
  label: string;
  room_name: string;
  device: string | null;
  /** The 12 digits of the pairing, `1234 5678 9012`. */
  code: string;
  /** The same digits as a picture: an SVG path on a grid of `size` modules. */
  qr: { size: number; path: string } | null;
  /** Locked, and an open vote waits for who is signed in: no more than that is told (W46). */
  voting?: boolean;
  /** An error code to show with the state; empty when there is none. */
  message: string;
}

/** Why nobody signs in here, since when, and the name of another seat, or nothing. */
export interface Maintenance {
  reason: string;
  since: string;
  instead: string;
}

/** A terminal that has no part in the room does not speak to the broker, so its silence is not worth a word. */
export function isOutside(state: SeatInfo['state'] | undefined): boolean {
  return state === 'enrolling' || state === 'refused' || state === 'revoked';
}

export interface Person {
  id: string;
  name: string;
  position: string;
  unit?: string;
}

export interface Act {
  act: string;
  kind: string;
  state: 'queued' | 'sent' | 'done' | 'refused';
  code: string;
  /** Of a ballot: in which vote, and whose it is; never what it says. */
  vote?: string;
  whose?: string;
}

export interface HeldBallot {
  vote: string;
  state: 'asking' | 'sealed' | 'handed_in' | 'looked_for' | 'found' | 'missing' | 'refused';
  /** Sixteen letters in fours. */
  receipt: string;
  /** For which collection it was handed in. */
  run: number;
  code: string;
}

export interface Held {
  have: number;
  chunks: number;
  ready: boolean;
}

/** What is in this seat's readers, and what may be done with it. */
export interface TokenInfo {
  state: 'off' | 'absent' | 'reading' | 'ready' | 'working' | 'blocked' | 'several' | 'fault';
  /** The name in the certificate. */
  name: string;
  /** Null where the token keeps that to itself. */
  tries_left: number | null;
  /** A PIN was wrong before. */
  low: boolean;
  /** The next wrong PIN blocks it. */
  last: boolean;
  shortest: number;
  longest: number;
  /** With `fault`: why, as an error code with its data. */
  code: string;
  data: Record<string, string | number>;
  count: number;
  /** Who is signed in here did it with a token. */
  needed: boolean;
  /** This token opens the lock. */
  mine: boolean;
  /** It has a certificate to sign papers and statements with. */
  signs: boolean;
}

/** What a screen does about the token: `none` leaves the way to passwords. */
export type TokenStep = 'none' | 'plug' | 'say' | 'pin';

/** A machine whose card service does not run is no reason to keep people with passwords waiting. */
const SERVICE = ['card-service-absent', 'card-access-denied'];

export function tokenStep(token: TokenInfo | undefined): TokenStep {
  if (!token || token.state === 'off') return 'none';
  if (token.state === 'fault' && SERVICE.includes(token.code)) return token.needed ? 'say' : 'none';
  if (token.state === 'absent') return 'plug';
  return token.state === 'ready' || token.state === 'working' ? 'pin' : 'say';
}

export interface RoundSigner {
  person: string;
  name: string;
  signed_at: string | null;
  /** They may sign now, as far as the order goes. */
  next: boolean;
}

/** A paper that its signers sign one after the other; `box`: left, top, right, bottom in thousandths of a point. */
export interface Round {
  round: string;
  kind: string;
  title: string;
  ordered: boolean;
  revision: number;
  size_bytes: number;
  sha256: string;
  opened_at: string;
  closed_at: string | null;
  leased_by: string | null;
  leased_until: string | null;
  signers: RoundSigner[];
  mark: { page: number; box: [number, number, number, number] } | null;
  /** Number and date that this person's signature gives the paper, as they would be now. */
  number?: { number: string; date: string } | null;
}

export interface OpenRound {
  round: string;
  sha256: string;
  paper: string;
  version: number;
  have: number;
  parts: number;
  ready: boolean;
  code: string;
}

export type SignStep = 'checking' | 'asking' | 'signing' | 'sending' | 'done' | 'failed';

export interface Signing {
  /** Rounds in which this person may sign now. */
  waiting: number;
  rounds: Round[];
  open: OpenRound | null;
  work: { round: string; step: SignStep; code: string; data: Record<string, string | number> } | null;
}

/** What lies in front of a person: a paper at a page, or (without one) the list; it goes with them to the next seat. */
export interface Front {
  paper?: string;
  version?: number;
  page?: number;
  follows: boolean;
  /** The newest call of the chair to everybody that this person's screen has heard. */
  call: number;
}

export interface SeatSections extends MeetingSections {
  seat: SeatInfo;
  /** The seat's connection to the server, and whether it knows of events it has not got yet (M3). */
  link: { state: Link; behind: boolean; since_at: string | null };
  usb_token: TokenInfo;
  person: (Person & { role: MemberRole }) | null;
  expected: Person | null;
  choices: Person[];
  /** By `<paper>.<version>`. */
  holding: Record<string, Held>;
  acts: Act[];
  /** The person's own secret ballots at this seat; never what they say. */
  ballots?: HeldBallot[];
  /** Papers to sign; null for who is in no round. */
  signing: Signing | null;
  /** What the agent was told last, or another seat before it; null when nothing was said yet. */
  front: Front | null;
  /** How far the person's private marks are kept: `unsent` are at this seat alone, `code` says why the server takes none. */
  marks?: { ready: boolean; rev: number; unsent: number; code: string } | null;
  /** What IT has this seat show, and how often its page was to load anew. */
  orders?: { shown: { order: string; kind: 'identify' | 'say'; text: string } | null; loads: number };
  /** How IT looks after this seat: its screen is dark; why nobody signs in here. */
  upkeep?: { dark: boolean; maintenance: Maintenance | null };
  recalled: { meeting_title: string; papers: number; pages: number; confirmed: boolean } | null;
}
