/** What the server tells the consoles besides the sections of a meeting (docs/API.md). */
import type { MemberRole, Phase } from '$lib/sections.ts';

export type Role = 'secretary' | 'it' | 'system_admin' | 'security_admin' | 'auditor' | 'clerk';
export const ROLES: readonly Role[] = ['secretary', 'it', 'system_admin', 'security_admin', 'auditor', 'clerk'];

export interface Person {
  id: string;
  name: string;
  position: string;
  unit: string;
  roles: Role[];
}

export interface Me {
  person: Person;
  csrf: string;
  idle_s: number;
  /** Nothing else before a second factor is set up (I4). */
  must_set_factor?: boolean;
  must_change_password?: boolean;
  /** SHA-256 of the one the session was begun with; absent with a password. */
  certificate?: string | null;
}

export interface Account extends Person {
  username: string;
  /** Of the tree of units; null for somebody in none of them. */
  unit_id?: string | null;
  disabled: boolean;
  second_factor?: boolean;
}

export interface ListedMeeting {
  id: string;
  title: string;
  type: string;
  room_name: string;
  starts_at: string;
  planned_minutes: number;
  phase: Phase;
  /** The reader's own role in it, null when not a member. */
  role: MemberRole | null;
  /** The meeting that this one tries out (M5). */
  rehearsal_of?: string | null;
}

export interface RoomSeat {
  id: string;
  label: string;
  /** Thousandths of the plan's width and height, from its upper left corner. */
  x: number;
  y: number;
  /** `maintenance`: nobody signs in there. */
  device: { id: string; state: string; online: boolean; maintenance?: boolean } | null;
}

export interface Room {
  id: string;
  name: string;
  seats: RoomSeat[];
}

export interface Device {
  id: string;
  code: string;
  state: 'pending' | 'approved' | 'refused' | 'revoked';
  serial: string;
  seat: string | null;
  seat_label: string;
  room: string | null;
  room_name: string;
  requested_at: string;
  online: boolean;
  last_seen_at: string | null;
  /** When the terminal last told `seqs` and `disk_free_mb` itself; it does so every 15 s. */
  reported_at: string | null;
  agent: string;
  certificate_until: string | null;
  /** Meeting → the number the device has reached. */
  seqs: Record<string, number>;
  disk_free_mb: number | null;
  /** How its machine is (wire W170), null when it does not say. */
  machine?: { image?: string; slot?: 'A' | 'B'; compatible?: string; dark?: boolean } | null;
  /** What IT has to know and has not settled; not told by an older server. */
  alerts?: DeviceAlert[];
  /** Under maintenance: nobody signs in there; `by` is a name. */
  maintenance?: { reason: string; since: string; instead: string; by: string } | null;
  /** Its wired card, as it said last, and whether that switches it on. */
  card?: { mac: string; wakes: boolean } | null;
  /** Since when it has been switched on from here and has not come. */
  woken_at?: string | null;
  /** When IT ordered that everything on it be destroyed, and when the terminal said that it is. */
  wipe_ordered_at?: string | null;
  wiped_at?: string | null;
}

export interface DeviceAlert {
  kind: 'reenrolled' | 'renews_too_often' | 'copied' | 'first_key' | 'store_lost' | 'store_shut' | 'store_fault';
  since: string;
  last_at: string;
  times: number;
  detail: string;
  /** Of `store_shut`: what the terminal's store asks, and whether IT has answered. `why` may be empty. */
  question?: { asked: string; why: string; ordered: boolean } | null;
}

export interface DeliverySeat {
  device: string;
  seat: string;
  seat_label: string;
  /** Who has signed in there. */
  person: string | null;
  /** Who has, else who is expected. */
  person_name: string;
  online: boolean;
  seq: number;
  keys: boolean;
}

export interface DeliveryPaper {
  paper: string;
  version: number;
  title: string;
  chunks: number;
  /** Device → chunks it has reported. */
  have: Record<string, number>;
  complete: string[];
}

export interface Delivery {
  meeting: string;
  seats: DeliverySeat[];
  papers: DeliveryPaper[];
  /** `revoked`: expected devices that will not answer, because they were revoked before they had. */
  recall: { expected: number; confirmed: number; revoked: string[] };
}
