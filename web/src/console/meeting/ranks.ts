/**
 * Who sits where by rank (chức vụ), and who is named before whom: the order of people, the order of seats, and both together.
 *
 * Rules: the chair sits at the head. Members come by their position, then secretaries, presenters, guests; of one rank who stands first
 * in the list sits first. Seats with a terminal go before those without, because at a seat without one nobody reads or votes. A
 * position is read by its words: the highest that is named counts, and a deputy comes after the office itself. Who serves or has left an
 * office does not hold it, and an office of the youth union, of a party cell or of the trade union gives no place among the house's own.
 */
import { fold } from '$lib/fold.ts';
import type { RoomSeat } from '../types.ts';
import type { Placed } from './members.ts';

export type Way = 'sides' | 'rows';

/* Of the People's Procuracy and of committees, highest first; without accents, as `fold` writes them. */
const OFFICES: readonly string[] = [
  'bi thu',
  'chu tich',
  'vien truong vien kiem sat nhan dan toi cao',
  'vien truong',
  'chanh an',
  'kiem sat vien vien kiem sat nhan dan toi cao',
  'vu truong',
  'cuc truong',
  'chanh van phong',
  'chanh thanh tra',
  'thu truong',
  'giam doc',
  'truong phong',
  'kiem sat vien cao cap',
  'truong ban',
  'kiem sat vien trung cap',
  'kiem sat vien',
  'kiem tra vien',
  'chuyen vien',
];
const LONGEST_FIRST = OFFICES.toSorted((a, b) => b.length - a.length).join('|');
const NOT_HELD = new RegExp(`\\b(?:thu ky|tro ly|nguyen) (?:la |cua |cho )?(?:pho )?(?:${LONGEST_FIRST})`, 'g');
const ELSEWHERE = /\b(?:pho )?(?:bi thu (?:lien )?(?:chi )?(?:doan|bo)|chu tich cong doan)\b/g;
const ROLES: readonly Placed['role'][] = ['chair', 'member', 'secretary', 'presenter', 'guest'];
const UNKNOWN = 2 * OFFICES.length;

/** Smaller is higher. "Phó Viện trưởng" comes right after every "Viện trưởng" of the same office. */
export function rankOf(position: string): number {
  const text = fold(position).replace(/\bksv\b/g, 'kiem sat vien').replace(/\bktv\b/g, 'kiem tra vien').replace(NOT_HELD, '').replace(ELSEWHERE, '');
  const at = OFFICES.findIndex((office) => text.includes(office));
  return at < 0 ? UNKNOWN : 2 * at + Number(text.includes(`pho ${OFFICES[at]!.split(' ')[0]}`));
}

const key = (one: Placed): number => ROLES.indexOf(one.role) * 1000 + rankOf(one.position);

/** The people in the order in which they are seated, listed and invited. */
export function byRank(members: readonly Placed[]): Placed[] {
  return members.toSorted((a, b) => key(a) - key(b));
}

/** Each new one behind the last who ranks as high: a list that was put into an order of its own by hand keeps it. */
export function joined(members: readonly Placed[], fresh: readonly Placed[]): Placed[] {
  return fresh.reduce<Placed[]>((list, one) => list.toSpliced(list.findLastIndex((other) => key(other) <= key(one)) + 1, 0, one), [...members]);
}

/** The seat at the head: in the row at the upper edge the one in the middle. */
export function headOf(seats: readonly RoomSeat[]): RoomSeat | undefined {
  const middle = (Math.min(...seats.map((seat) => seat.x)) + Math.max(...seats.map((seat) => seat.x))) / 2;
  return seats.toSorted((a, b) => a.y - b.y || Math.abs(a.x - middle) - Math.abs(b.x - middle))[0];
}

/**
 * All seats in the order in which they are given. `sides`: from the head alternately to the chair's right – the left of the plan, as the
 * chair looks down it – and left, the nearer first. `rows`: row by row from the head's, in each from the middle outwards.
 */
export function seatOrder(seats: readonly RoomSeat[], way: Way, head: RoomSeat): RoomSeat[] {
  const others = seats.filter((seat) => seat.id !== head.id);
  if (way === 'rows') {
    const away = (seat: RoomSeat): number => Math.abs(seat.y - head.y);
    return [head, ...others.toSorted((a, b) => away(a) - away(b) || Math.abs(a.x - head.x) - Math.abs(b.x - head.x) || a.x - b.x)];
  }
  const far = (seat: RoomSeat): number => Math.abs(seat.y - head.y) + Math.abs(seat.x - head.x);
  const side = (right: boolean): RoomSeat[] => others.filter((seat) => seat.x <= head.x === right).toSorted((a, b) => far(a) - far(b));
  const [right, left] = [side(true), side(false)];
  const order: RoomSeat[] = [head];
  for (let at = 0; at < Math.max(right.length, left.length); at += 1) {
    if (right[at]) order.push(right[at]!);
    if (left[at]) order.push(left[at]!);
  }
  return order;
}

/** Everybody at a seat, as far as there are seats. `keep`: who has one stays there. */
export function placeByRank(members: readonly Placed[], seats: readonly RoomSeat[], how: { way: Way; head: string; keep: boolean }): Placed[] {
  const head = seats.find((seat) => seat.id === how.head) ?? headOf(seats);
  if (!head) return [...members];
  const kept = new Set(how.keep ? members.flatMap((one) => (one.seat ? [one.seat] : [])) : []);
  const order = seatOrder(seats, how.way, head);
  const first = order.filter((seat) => seat.device !== null || seat.id === head.id);
  const free = [...first, ...order.filter((seat) => !first.includes(seat))].filter((seat) => !kept.has(seat.id)).map((seat) => seat.id);
  const waiting = byRank(members).filter((one) => !(how.keep && one.seat));
  const given = new Map(waiting.map((one, at) => [one.person, free[at] ?? null]));
  return members.map((one) => (given.has(one.person) ? { ...one, seat: given.get(one.person)! } : one));
}
