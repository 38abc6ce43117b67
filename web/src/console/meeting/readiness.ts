/** What a draft still lacks before it can be submitted; the server asks for the same. */
import type { AgendaItem, Member, Paper } from '$lib/sections.ts';

export type Lack = 'chair' | 'agenda' | 'presenter' | 'untitled';

/** Of members and agenda as they stand, saved or not yet. */
export function missing(
  members: readonly Pick<Member, 'person' | 'role'>[],
  agenda: readonly Pick<AgendaItem, 'presenter' | 'title'>[],
): Lack[] {
  const lacks: Lack[] = [];
  if (!members.some((member) => member.role === 'chair')) lacks.push('chair');
  if (agenda.length === 0) lacks.push('agenda');
  const known = new Set(members.map((member) => member.person));
  if (agenda.some((item) => item.presenter !== null && !known.has(item.presenter))) lacks.push('presenter');
  if (agenda.some((item) => item.title.trim() === '')) lacks.push('untitled');
  return lacks;
}

/** Papers the chair has approved and the seats do not have yet. */
export function toPublish(papers: readonly Paper[]): Paper[] {
  return papers.filter((paper) => paper.state === 'approved');
}

/** Levels of which only the title is kept (P4). */
export function isStub(secrecy: Paper['secrecy'] | ''): boolean {
  return secrecy === 'confidential' || secrecy === 'secret' || secrecy === 'top_secret';
}
