/** Members while they are being chosen: who, in which role, at which seat. A seat is given once. */
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

/** A role; there is one chair, so the one before becomes a member. */
export function setRole(members: readonly Placed[], person: string, role: MemberRole): Placed[] {
  return members.map((member) => {
    if (member.person === person) return { ...member, role };
    return role === 'chair' && member.role === 'chair' ? { ...member, role: 'member' } : member;
  });
}

/** Seats in the order of their labels for all who have none; the chair first, then the secretary, then the others. */
export function placeAll(members: readonly Placed[], seats: readonly RoomSeat[]): Placed[] {
  const taken = new Set(members.map((member) => member.seat));
  const free = seats.filter((seat) => !taken.has(seat.id)).map((seat) => seat.id);
  const order = members.filter((member) => member.seat === null).toSorted((a, b) => MEMBER_ROLES.indexOf(a.role) - MEMBER_ROLES.indexOf(b.role));
  const given = new Map(order.map((member, at) => [member.person, free[at] ?? null]));
  return members.map((member) => (given.has(member.person) ? { ...member, seat: given.get(member.person)! } : member));
}
