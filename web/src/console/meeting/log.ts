/**
 * The meeting's log in words, and the check of its chain (M2, W40, W41).
 *
 * Rules: names come from the log itself, as they were when the event was written; an event of a kind this page does not know is shown
 * by its kind, never left out. The check goes event by event, so that the first wrong one can be named.
 */
import type { Values } from '$lib/i18n/texts.svelte.ts';
import type { Json } from '$lib/wire/canonical.ts';
import { BrokenChain, checkChain, type Event } from '$lib/wire/events.ts';

export interface Line {
  seq: number;
  at: string;
  /** A name, or the key of a text below `console.log.actor`. */
  actor: { name: string } | { kind: string };
  /** The end of a text key below `console.log.event`, and what fills it. */
  kind: string;
  values: Values;
  /** The item, paper, vote or person it is about; empty when it names none. */
  about: string;
}

type Data = { readonly [key: string]: Json };

/** What the words of later events need from earlier ones. */
class Names {
  readonly people = new Map<string, string>();
  readonly items = new Map<string, string>();
  readonly papers = new Map<string, string>();
  readonly seats = new Map<string, string>();
  readonly votes = new Map<string, string>();
  readonly rounds = new Map<string, string>();

  learn({ kind, data }: Event): void {
    if (kind === 'members_set') {
      for (const member of list(data, 'members')) {
        this.people.set(text(member, 'person'), text(member, 'name'));
        if (member['seat']) this.seats.set(text(member, 'seat'), text(member, 'seat_label'));
      }
    } else if (kind === 'agenda_set') {
      for (const item of list(data, 'items')) this.items.set(text(item, 'item'), text(item, 'title'));
    } else if (kind === 'vote_prepared') {
      this.votes.set(text(data, 'vote'), text(data, 'question'));
    } else if (kind === 'paper_submitted') {
      this.papers.set(text(data, 'paper'), text(data, 'title'));
    } else if (kind === 'round_opened') {
      this.rounds.set(text(data, 'round'), text(data, 'title'));
    }
  }
}

const text = (data: Data, key: string): string => (typeof data[key] === 'string' ? data[key] : '');
const number = (data: Data, key: string): number => (typeof data[key] === 'number' ? data[key] : 0);
const list = (data: Data, key: string): readonly Data[] => (Array.isArray(data[key]) ? (data[key] as readonly Data[]) : []);

/** Every event as a line; `known` are names of people the log may not hold. */
export function lines(events: readonly Event[], known: ReadonlyMap<string, string> = new Map()): Line[] {
  const names = new Names();
  for (const [person, name] of known) names.people.set(person, name);
  return events.map((event) => {
    names.learn(event);
    return { seq: event.seq, at: event.at, actor: actorOf(event.actor, names), kind: event.kind, values: valuesOf(event, names), about: aboutOf(event.data, names) };
  });
}

function actorOf(actor: string, names: Names): Line['actor'] {
  const [kind = '', id = ''] = actor.split(':', 2);
  if (kind === 'person') return names.people.has(id) ? { name: names.people.get(id)! } : { kind: 'person' };
  return { kind: ['device', 'display', 'server'].includes(kind) ? kind : 'server' };
}

function aboutOf(data: Data, names: Names): string {
  const named = [names.items.get(text(data, 'item')), names.papers.get(text(data, 'paper')), names.votes.get(text(data, 'vote')), names.people.get(text(data, 'person'))];
  return named.find(Boolean) ?? (text(data, 'number') || text(data, 'what') || text(data, 'reason'));
}

function valuesOf({ kind, data }: Event, names: Names): Values {
  const paper = names.papers.get(text(data, 'paper')) ?? '';
  const person = names.people.get(text(data, 'person')) ?? '';
  const question = names.votes.get(text(data, 'vote')) ?? '';
  switch (kind) {
    case 'vote_prepared':
    case 'vote_paused':
    case 'vote_resumed':
    case 'vote_announced':
      return { question };
    case 'vote_withdrawn':
      return { question, reason: text(data, 'reason') };
    case 'vote_opened':
      return { question, n: list(data, 'roll').length, present: list(data, 'roll').filter((one) => one['present']).length };
    case 'ballots_taken':
    case 'ballots_given':
      return { question, n: list(data, 'ballots').length };
    case 'ballots_called':
      return { question, n: number(data, 'run') };
    case 'ballots_awaited':
      return { question, n: number(data, 'missing') };
    case 'vote_closed':
      return { question, n: data['hands'] ? list(data, 'hands').reduce((sum, one) => sum + number(one, 'count'), 0) : list(data, 'ballots').length };
    case 'meeting_created':
    case 'meeting_described':
      return { title: text(data, 'title'), room: text(data, 'room_name') };
    case 'members_set':
      return { n: list(data, 'members').length };
    case 'agenda_set':
      return { n: list(data, 'items').length };
    case 'meeting_returned':
    case 'meeting_cancelled':
      return { reason: text(data, 'reason') };
    case 'item_started':
      return { item: names.items.get(text(data, 'item')) ?? '' };
    case 'paper_submitted':
      return { paper, version: number(data, 'version'), pages: number(data, 'pages') };
    case 'paper_returned':
      return { paper, reason: text(data, 'reason') };
    case 'paper_published':
      return { paper, version: number(data, 'version') };
    case 'page_presented':
      return { paper, page: number(data, 'page'), person };
    case 'display_set':
      return { mode: text(data, 'mode'), text: text(data, 'text') && `“${text(data, 'text')}”` };
    case 'epoch_started':
      return { epoch: number(data, 'epoch') };
    case 'person_seated':
      return { person, seat: names.seats.get(text(data, 'seat')) ?? '' };
    case 'recall_started':
      return { n: list(data, 'devices').length };
    case 'recall_confirmed':
      return { seat: text(data, 'seat_label'), papers: number(data, 'papers'), pages: number(data, 'pages') };
    case 'attendance_recorded':
      return { person, presence: text(data, 'presence'), method: text(data, 'method') };
    case 'round_opened':
    case 'paper_signed':
    case 'round_closed':
      return { person, paper: names.rounds.get(text(data, 'round')) ?? '', n: list(data, 'signers').length };
    default:
      return { paper, person };
  }
}

export type Verdict = { good: true; events: number; last: string } | { good: false; seq: number; at: number; why: string };

/** Check the whole log of a meeting, in the browser, from its first event. `at` is the place of the wrong one in the list. */
export async function verify(events: readonly Event[], meeting: string): Promise<Verdict> {
  let after: Event | undefined;
  for (const [at, event] of events.entries()) {
    try {
      await checkChain([event], { meeting, after });
    } catch (thrown) {
      return { good: false, seq: event.seq, at, why: thrown instanceof BrokenChain ? thrown.message : String(thrown) };
    }
    after = event;
  }
  return { good: true, events: events.length, last: after?.hash ?? '' };
}
