/**
 * Members while they are being chosen: who, in which role, at which seat.
 *
 * Rules: a seat is given once; who is placed by rule gets a seat with a terminal as long as there is one, because at a seat without
 * one nobody reads, asks to speak or votes.
 */
import type { Member, MemberRole } from '$lib/sections.ts';
import type { RoomSeat } from '../types.ts';

export interface Placed {
  person: string;
  name: string;
  position: string;
  unit: string;
  role: MemberRole;
  seat: string | null;
}

export const MEMBER_ROLES: readonly MemberRole[] = ['chair', 'secretary', 'member', 'presenter', 'guest'];

export function fromMembers(members: readonly Member[]): Placed[] {
  return members.map(({ person, name, position, unit, role, seat }) => ({ person, name, position, unit, role, seat }));
}

export function sameMembers(left: readonly Placed[], right: readonly Placed[]): boolean {
  const text = (list: readonly Placed[]): string => JSON.stringify(list.map(({ person, role, seat }) => [person, role, seat]));
  return text(left) === text(right);
}

/** Give a seat, or none; whoever had it takes the seat that becomes free. */
export function place(members: readonly Placed[], person: string, seat: string | null): Placed[] {
  const had = members.find((member) => member.person === person)?.seat ?? null;
  return members.map((member) => {
    if (member.person === person) return { ...member, seat };
    return seat !== null && member.seat === seat ? { ...member, seat: had } : member;
  });
}

/** Somebody's new place in the list, which is the order of the invitation; `by` -1 is one up. The same list at its ends. */
export function move(members: readonly Placed[], person: string, by: number): readonly Placed[] {
  const at = members.findIndex((member) => member.person === person);
  const to = at + by;
  return at < 0 || to < 0 || to >= members.length ? members : members.toSpliced(at, 1).toSpliced(to, 0, members[at]!);
}

/** A role; there is one chair, so the one before becomes a member. */
export function setRole(members: readonly Placed[], person: string, role: MemberRole): Placed[] {
  return members.map((member) => {
    if (member.person === person) return { ...member, role };
    return role === 'chair' && member.role === 'chair' ? { ...member, role: 'member' } : member;
  });
}

/** What stands at a seat: a terminal that is connected, one that is not, none. */
export type Terminal = 'online' | 'offline' | 'none';

const TERMINALS: readonly Terminal[] = ['online', 'offline', 'none'];

export function terminalOf(seat: RoomSeat): Terminal {
  return seat.device === null ? 'none' : seat.device.online ? 'online' : 'offline';
}

/**
 * A seat for all who have none: the chair first, then the secretary, then the others. Seats with a connected terminal go first, then
 * those whose terminal is off, then those without; within each in the order of the room.
 */
export function placeAll(members: readonly Placed[], seats: readonly RoomSeat[]): Placed[] {
  const taken = new Set(members.map((member) => member.seat));
  const free = seats
    .filter((seat) => !taken.has(seat.id))
    .toSorted((a, b) => TERMINALS.indexOf(terminalOf(a)) - TERMINALS.indexOf(terminalOf(b)))
    .map((seat) => seat.id);
  const order = members.filter((member) => member.seat === null).toSorted((a, b) => MEMBER_ROLES.indexOf(a.role) - MEMBER_ROLES.indexOf(b.role));
  const given = new Map(order.map((member, at) => [member.person, free[at] ?? null]));
  return members.map((member) => (given.has(member.person) ? { ...member, seat: given.get(member.person)! } : member));
}
