/**
 * What of a person's meetings waits for them, and in which part of the list a meeting stands.
 *
 * Rules: a live meeting is always "today"; an ended one always "past"; every other one stands at its day in Vietnam. What can only be
 * done today (leading a meeting) waits only today.
 */
import type { Phase } from '$lib/sections.ts';
import type { ListedMeeting } from '../types.ts';

export type Part = 'today' | 'upcoming' | 'past';
export type Task = 'approve' | 'lead' | 'prepare' | 'publish' | 'follow';

export interface Waiting {
  task: Task;
  meeting: ListedMeeting;
  path: string;
}

const DAY_MS = 86_400_000;
const VIETNAM_MS = 7 * 3_600_000;
const LIVE: readonly Phase[] = ['open', 'recess'];
const ENDED: readonly Phase[] = ['closed', 'locked', 'cancelled'];

const day = (moment: number): number => Math.floor((moment + VIETNAM_MS) / DAY_MS);

export function partOf(meeting: ListedMeeting, now: number): Part {
  // Whenever its meeting is: a rehearsal is now (M5).
  if (LIVE.includes(meeting.phase) || meeting.rehearsal_of) return 'today';
  if (ENDED.includes(meeting.phase)) return 'past';
  const ahead = day(Date.parse(meeting.starts_at)) - day(now);
  return ahead === 0 ? 'today' : ahead > 0 ? 'upcoming' : 'past';
}

/** The parts that hold something; what is to come with the nearest first, what is over with the latest first. */
export function parts(meetings: readonly ListedMeeting[], now: number): { part: Part; meetings: ListedMeeting[] }[] {
  return (['today', 'upcoming', 'past'] as const)
    .map((part) => ({
      part,
      meetings: meetings
        .filter((meeting) => partOf(meeting, now) === part)
        .toSorted((a, b) => (part === 'past' ? -1 : 1) * (Date.parse(a.starts_at) - Date.parse(b.starts_at))),
    }))
    .filter((group) => group.meetings.length > 0);
}

function taskOf(meeting: ListedMeeting, isSecretary: boolean, today: boolean): Task | null {
  if (meeting.rehearsal_of) return null;
  if (meeting.role === 'chair') {
    if (meeting.phase === 'submitted') return 'approve';
    return LIVE.includes(meeting.phase) || (meeting.phase === 'approved' && today) ? 'lead' : null;
  }
  if (!isSecretary && meeting.role !== 'secretary') return null;
  if (meeting.phase === 'draft') return 'prepare';
  if (meeting.phase === 'approved') return 'publish';
  return LIVE.includes(meeting.phase) ? 'follow' : null;
}

const PATHS: Record<Task, (id: string) => string> = {
  approve: (id) => `/meetings/${id}`,
  lead: (id) => `/meetings/${id}/live`,
  prepare: (id) => `/meetings/${id}`,
  publish: (id) => `/meetings/${id}/papers`,
  follow: (id) => `/meetings/${id}/live`,
};

/** What waits, live meetings first, then by time. */
export function waiting(meetings: readonly ListedMeeting[], isSecretary: boolean, now: number): Waiting[] {
  return meetings
    .flatMap((meeting) => {
      const task = taskOf(meeting, isSecretary, partOf(meeting, now) === 'today');
      return task === null ? [] : [{ task, meeting, path: PATHS[task](meeting.id) }];
    })
    .toSorted(
      (a, b) =>
        Number(LIVE.includes(b.meeting.phase)) - Number(LIVE.includes(a.meeting.phase)) ||
        Date.parse(a.meeting.starts_at) - Date.parse(b.meeting.starts_at),
    );
}

/** As much of a round as the first page shows (docs/API.md). */
export interface WaitingRound {
  round: string;
  meeting: string;
  title: string;
  signers: readonly { person: string; next: boolean }[];
}

/** The rounds that wait for this person, those whose turn it is first, otherwise as they came. */
export function turns(rounds: readonly WaitingRound[], person: string): { round: WaitingRound; turn: boolean; path: string }[] {
  return rounds
    .map((round) => ({
      round,
      turn: round.signers.some((one) => one.person === person && one.next),
      path: `/meetings/${round.meeting}/signing/${round.round}`,
    }))
    .toSorted((a, b) => Number(b.turn) - Number(a.turn));
}

/** Where a click on a meeting leads. */
export function pathOf(meeting: ListedMeeting): string {
  return meeting.role === 'chair' && LIVE.includes(meeting.phase) ? `/meetings/${meeting.id}/live` : `/meetings/${meeting.id}`;
}
