/**
 * The roll as chair and secretary keep it (A1): who is in which group, what may be written next, who fits a search.
 *
 * Rules: one row a member, in the order of the list; the newest word counts, and where there is none a signed-in seat. A word that
 * does not follow the one before corrects it and needs a reason, as the server says it does (server/attendance/model.py).
 *
 *     const rows = rollOf(members, attendance);
 *     shown(rows, 'none', 'nguyen');
 */
import { fold } from '$lib/fold.ts';
import type { Attendance, Member } from '$lib/sections.ts';

export type Presence = Attendance['presence'];
export type Group = 'all' | 'none' | 'here' | 'away' | 'excused' | 'absent';

export interface Row {
  member: Member;
  entry: Attendance | null;
  group: Exclude<Group, 'all'>;
  /** Chair and members count for the quorum. */
  counts: boolean;
}

export const GROUPS: readonly Group[] = ['all', 'none', 'here', 'away', 'excused', 'absent'];
const GROUP_OF: Record<Presence, Row['group']> = {
  present: 'here',
  late: 'here',
  returned: 'here',
  left: 'away',
  excused: 'excused',
  absent: 'absent',
};
const FOLLOWS: Record<Presence, readonly Presence[]> = {
  present: ['left'],
  late: ['left'],
  returned: ['left'],
  left: ['returned'],
  absent: ['present', 'late', 'excused'],
  excused: ['present', 'late'],
};
/** One key a word; C, M, R, V, L as the Vietnamese words begin or sound. */
export const KEYS: Readonly<Record<string, Presence>> = { c: 'present', m: 'late', r: 'left', v: 'absent', l: 'excused' };

export function rollOf(members: readonly Member[], attendance: readonly Attendance[]): Row[] {
  const newest = new Map(attendance.map((entry) => [entry.person, entry]));
  return members.map((member) => {
    const entry = newest.get(member.person) ?? null;
    const group = member.replaced_by ? 'away' : entry ? GROUP_OF[entry.presence] : member.signed_in || member.stayed ? 'here' : 'none';
    return { member, entry, group, counts: member.may_vote ?? (member.role === 'chair' || member.role === 'member') };
  });
}

export function countOf(rows: readonly Row[]): Record<Group, number> {
  const counts: Record<Group, number> = { all: rows.length, none: 0, here: 0, away: 0, excused: 0, absent: 0 };
  for (const row of rows) counts[row.group] += 1;
  return counts;
}

export function shown(rows: readonly Row[], group: Group, search: string): Row[] {
  const words = fold(search).split(/\s+/u).filter(Boolean);
  return rows.filter(({ member, group: own }) => {
    if (group !== 'all' && own !== group) return false;
    const text = fold([member.name, member.position, member.unit, member.seat_label].join(' '));
    return words.every((word) => text.includes(word));
  });
}

/** The word that is one touch away: come, gone, back. `late`: whoever comes now is late, but not who has sat there since before. */
export function nextWord(row: Row, late: boolean): Presence {
  if (row.group === 'here') return row.entry ? 'left' : arrival(late && !row.member.in_time);
  return row.group === 'away' ? 'returned' : arrival(late);
}

export const arrival = (late: boolean): Presence => (late ? 'late' : 'present');

/** Minutes, of a meeting that says nothing else (W156). */
export const LATE_AFTER = 10;

/** Whether who is written down now has come late: more than `after` minutes after the beginning. `now`: the server's clock, in ms. */
export function isLate({ opened_at, starts_at }: { opened_at: string | null; starts_at: string | null }, now: number, after = LATE_AFTER): boolean {
  if (opened_at === null) return false;
  return now > Math.max(Date.parse(opened_at), starts_at === null ? 0 : Date.parse(starts_at)) + after * 60_000;
}

/** What may be written about all of these now. */
export function choices(rows: readonly Row[]): Presence[] {
  const all: Presence[] = ['present', 'late', 'left', 'returned', 'excused', 'absent'];
  return all.filter((word) =>
    rows.every(({ member, entry, group }) => {
      if (member.replaced_by) return false;
      if (entry?.presence === word) return false;
      if (word === 'returned') return entry?.presence === 'left';
      return word !== 'left' || group === 'here';
    }),
  );
}

/** Whether the word needs a reason for one of these. */
export function needsReason(rows: readonly Row[], word: Presence): boolean {
  return word === 'excused' || rows.some(({ entry }) => entry !== null && entry.presence !== word && !FOLLOWS[entry.presence].includes(word));
}
