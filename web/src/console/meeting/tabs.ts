import type { Phase } from '$lib/sections.ts';
import type { MeetingDesk } from './desk.svelte.ts';

export type Tab = 'agenda' | 'members' | 'papers' | 'requests' | 'before' | 'speaking' | 'invitation' | 'letters' | 'signing' | 'attendance' | 'minutes' | 'tasks' | 'delivery' | 'info' | 'log';

/** Requests come before the opening, too. */
const SPEAKING: readonly Phase[] = ['approved', 'open', 'recess', 'closed'];
/** At the smallest screen, with their counts. */
const IN_ONE_ROW = 9;
const AFTER: ReadonlySet<Tab> = new Set(['signing', 'attendance', 'minutes', 'tasks', 'delivery', 'log']);
const OPENED: readonly Phase[] = ['open', 'recess', 'closed', 'locked'];

/** The parts of a meeting that this person may see, in the order of the work. */
export function tabsOf(desk: MeetingDesk): Tab[] {
  // What is said before the meeting begins with the approval; afterwards it is read.
  const before = desk.rehearsalOf === null && desk.phase !== 'draft' && desk.phase !== 'submitted' && desk.phase !== 'cancelled';
  // Of a rehearsal there are no minutes (M5); guests and outside presenters have no part in them.
  const minutes = desk.rehearsalOf === null && OPENED.includes(desk.phase) && (desk.seesLog || desk.role === 'member');
  if (desk.role === null && !desk.isSecretary) {
    if (!desk.seesLog) return ['info'];
    // Auditors read what was said and written, too: their search leads there.
    return ['log', ...(before ? (['before'] as const) : []), ...(minutes ? (['minutes'] as const) : [])];
  }
  // Who leads has the queue in the live meeting; what was not said is handed in after the closing, too (S4).
  const speaks = desk.role !== null && !desk.isChair && !desk.isSecretary && SPEAKING.includes(desk.phase);
  const tabs: Tab[] = ['info', 'members', 'agenda', 'papers'];
  // Everybody else finds what they are asked for on their first page.
  if (desk.seesLog && desk.rehearsalOf === null) tabs.push('requests');
  if (before) tabs.push('before');
  if (speaks) tabs.push('speaking');
  // Nothing is signed in a rehearsal (M5).
  if (desk.rehearsalOf === null) {
    tabs.push('invitation');
    if (desk.isSecretary || desk.isChair) tabs.push('letters');
    tabs.push('signing');
  }
  if (desk.seesLog && desk.phase !== 'draft' && desk.phase !== 'submitted') tabs.push('attendance');
  if (minutes) tabs.push('minutes');
  // What is left over is taken into the agenda while it is prepared; of a rehearsal nothing is given (M5).
  if (desk.rehearsalOf === null && (desk.isSecretary || desk.isChair)) tabs.push('tasks');
  if (desk.seesDelivery && desk.phase !== 'draft' && desk.phase !== 'submitted') tabs.push('delivery');
  if (desk.seesLog) tabs.push('log');
  return tabs;
}

/** What is made ready, and what comes of the meeting; as far as one row holds them all they are not told apart. */
export function rowsOf(tabs: readonly Tab[]): { key: 'before' | 'after'; ways: Tab[] }[] {
  if (tabs.length <= IN_ONE_ROW) return [{ key: 'before', ways: [...tabs] }];
  return [
    { key: 'before', ways: tabs.filter((tab) => !AFTER.has(tab)) },
    { key: 'after', ways: tabs.filter((tab) => AFTER.has(tab)) },
  ];
}

/** Where one begins: where the work is in this phase. */
export function startingTab(desk: MeetingDesk): Tab {
  const tabs = tabsOf(desk);
  if (!tabs.includes('agenda')) return tabs[0]!;
  if (desk.ended && tabs.includes('delivery')) return 'delivery';
  if (desk.isSecretary && desk.phase === 'draft') {
    if (desk.now.members.length === 0) return 'members';
    return desk.now.agenda.length === 0 ? 'agenda' : 'papers';
  }
  return 'agenda';
}
