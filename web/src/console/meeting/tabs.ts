import type { MeetingDesk } from './desk.svelte.ts';

export type Tab = 'agenda' | 'members' | 'papers' | 'signing' | 'attendance' | 'delivery' | 'info' | 'log';

/** The parts of a meeting that this person may see, in the order of the work. */
export function tabsOf(desk: MeetingDesk): Tab[] {
  if (desk.role === null && !desk.isSecretary) return desk.seesLog ? ['log'] : ['info'];
  const tabs: Tab[] = ['info', 'members', 'agenda', 'papers', 'signing'];
  if (desk.seesLog && desk.phase !== 'draft' && desk.phase !== 'submitted') tabs.push('attendance');
  if (desk.seesDelivery && desk.phase !== 'draft' && desk.phase !== 'submitted') tabs.push('delivery');
  if (desk.seesLog) tabs.push('log');
  return tabs;
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
