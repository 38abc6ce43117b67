/**
 * What the room display is given of a meeting (F2): the rules of `wire/visibility.py: for_display`, applied to what who leads is given.
 *
 * Rules: common items, those that are dealt with and what is above them, with the numbers they have everywhere (W45); of papers the one that
 * is presented; votes and turns on those items, before the announcement of a result without a name; no messages, rounds or calls.
 *
 *     <Wall sections={forWall(desk.now)} … />
 */
import { activeItem, type AgendaItem, type MeetingSections, type Speaking, type Vote, type VoteState } from '$lib/sections.ts';

const SHOWN: readonly VoteState[] = ['open', 'paused', 'collecting', 'closed', 'announced'];

export function forWall(now: MeetingSections): MeetingSections {
  const all = now.agenda ?? [];
  const above = new Map(all.map((item) => [item.item, item]));
  const chain = (item: AgendaItem | undefined): AgendaItem[] => (item ? [item, ...chain(above.get(item.parent ?? ''))] : []);
  const dealtWith = new Set(chain(activeItem(all)));
  const shown = all.filter((item) => dealtWith.has(item) || chain(item).every(({ visibility }) => visibility === 'common'));
  const items = new Set(shown.map(({ item }) => item));
  const papers = (now.papers ?? []).filter(({ paper }) => paper === now.presenting?.paper);
  return {
    ...now,
    agenda: shown.map((item) => ({ ...item, parent: item.parent && items.has(item.parent) ? item.parent : null, papers: papers.filter((paper) => paper.item === item.item).map(({ paper }) => paper), recused: [] })),
    papers,
    presenting: papers.length > 0 ? now.presenting : null,
    votes: (now.votes ?? []).filter(({ item, state }) => items.has(item) && SHOWN.includes(state)).map(unnamed),
    speaking: turns(now.speaking, items),
    attendance: (now.attendance ?? []).map((entry) => ({ ...entry, reason: '' })),
    service: [],
    rounds: [],
    notices: [],
  };
}

function unnamed(vote: Vote): Vote {
  if (vote.state === 'announced') return { ...vote, receipts: [] };
  const secret = vote.secret ? { ...vote.secret, ballots: [] } : vote.secret;
  return { ...vote, roll: [], receipts: [], ballots: [], secret, result: null };
}

function turns(speaking: Speaking | undefined, items: ReadonlySet<string>): Speaking | undefined {
  if (!speaking) return speaking;
  const speeches = speaking.speeches.filter(({ item }) => items.has(item));
  return { ...speaking, speeches: speeches.map((each) => ({ ...each, reason: '', written: null, by: '' })), people: [], groups: [] };
}
