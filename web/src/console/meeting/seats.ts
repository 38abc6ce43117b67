/**
 * The seats of a meeting as chair and secretary watch them: who sits where, whether the terminal is there, whether its papers are
 * complete.
 *
 * Rules: a seat stands in the list when a member has it or a terminal of the room reports from it. Papers are complete when the
 * seat's own report says so for every published paper, never because they were sent.
 */
import { fold } from '$lib/fold.ts';
import type { Member } from '$lib/sections.ts';
import type { Delivery } from '../types.ts';

/** Reports are not here yet; no terminal has ever reported; reported and gone; there; there but behind; there with somebody signed in. */
export type SeatState = 'asking' | 'none' | 'offline' | 'online' | 'behind' | 'here';

export interface WatchedSeat {
  seat: string;
  label: string;
  device: string | null;
  member: Member | null;
  /** Who sits there by the report, when no member is placed there. */
  person: string;
  state: SeatState;
  keys: boolean;
  /** Chunks reported of all that are to come; equal when complete. */
  have: number;
  of: number;
  complete: boolean;
}

export interface Summary {
  seats: number;
  online: number;
  offline: number;
  behind: number;
  here: number;
  members: number;
  /** Seats with a terminal whose papers are complete, of all with a terminal. */
  complete: number;
  terminals: number;
}

const byLabel = new Intl.Collator('vi', { numeric: true });

export function watchedSeats(members: readonly Member[], delivery: Delivery | null, late: ReadonlySet<string>): WatchedSeat[] {
  const people = new Map(members.map((member) => [member.person, member]));
  const elsewhere = new Map((delivery?.seats ?? []).flatMap((seat) => (seat.person ? [[seat.person, seat.seat] as const] : [])));
  const placed = new Map(members.flatMap((member) => (member.seat ? [[member.seat, member] as const] : [])));
  const reported = new Map((delivery?.seats ?? []).map((seat) => [seat.seat, seat]));
  return [...new Set([...placed.keys(), ...reported.keys()])]
    .map((seat) => {
      const report = reported.get(seat);
      /* Whoever has signed in sits there, whosever place it was. */
      const member = (report?.person ? people.get(report.person) : placed.get(seat)) ?? null;
      const papers = report ? (delivery?.papers ?? []) : [];
      const here = report ? report.person !== null : member?.signed_in === true && (elsewhere.get(member.person) ?? seat) === seat;
      const state: SeatState = !report
        ? here
          ? 'here'
          : delivery === null
            ? 'asking'
            : 'none'
        : !report.online
          ? 'offline'
          : late.has(report.device)
            ? 'behind'
            : here
              ? 'here'
              : 'online';
      return {
        seat,
        label: report?.seat_label ?? member?.seat_label ?? '',
        device: report?.device ?? null,
        member,
        person: report?.person_name ?? '',
        state,
        keys: report?.keys ?? false,
        have: papers.reduce((sum, paper) => sum + Math.min(paper.chunks, haveOf(paper, report!.device)), 0),
        of: papers.reduce((sum, paper) => sum + paper.chunks, 0),
        complete: report !== undefined && papers.length > 0 && papers.every((paper) => paper.complete.includes(report.device)),
      };
    })
    .toSorted((a, b) => byLabel.compare(a.label, b.label));
}

function haveOf(paper: { chunks: number; have: Record<string, number>; complete: string[] }, device: string): number {
  return paper.complete.includes(device) ? paper.chunks : (paper.have[device] ?? 0);
}

export function summary(seats: readonly WatchedSeat[], members: readonly Member[]): Summary {
  const count = (state: SeatState): number => seats.filter((seat) => seat.state === state).length;
  const terminals = seats.filter((seat) => seat.device !== null);
  return {
    seats: seats.length,
    online: terminals.filter((seat) => seat.state !== 'offline').length,
    offline: count('offline'),
    behind: count('behind'),
    here: members.filter((member) => member.signed_in).length,
    members: members.length,
    complete: terminals.filter((seat) => seat.complete).length,
    terminals: terminals.length,
  };
}

/** People whose name, position or unit holds all the words typed, without accents. */
export function named<T extends { name: string; position: string; unit: string }>(people: readonly T[], typed: string): T[] {
  const words = fold(typed).split(/\s+/).filter(Boolean);
  return people.filter((person) => {
    const text = fold(`${person.name} ${person.position} ${person.unit}`);
    return words.every((word) => text.includes(word));
  });
}
