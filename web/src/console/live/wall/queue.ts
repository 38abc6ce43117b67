/**
 * What could be on the wall next, and what is there now (F2).
 *
 * Rules: only what the wall is given can be on it, so nothing of a hidden item is in the queue; what is there now is not, either. A vote comes first, then what was written for the wall in its order, then who has the
 * floor, the page that is presented, the item at hand. A key names one thing at one moment: what was put aside comes back when it is
 * something else – another page, the result instead of the question.
 *
 *     queueOf(desk.now, aside)[0]   // what comes next
 */
import { screenOf } from '../../../display/screen.ts';
import { activeItem, currentVote, isRunning, type MeetingSections } from '$lib/sections.ts';
import { floor } from '$lib/speaking/turns.ts';
import { forWall } from './shown.ts';

export interface Waiting {
  key: string;
  kind: 'vote' | 'result' | 'notice' | 'speaker' | 'page' | 'item';
  words: string;
  /** What shows it: a way of the display, or the notice to send. */
  shows: { mode: 'vote' | 'page' | 'item' } | { notice: string };
}

export function queueOf(now: MeetingSections, aside: ReadonlySet<string> = new Set()): Waiting[] {
  if (now.meeting?.phase !== 'open' && now.meeting?.phase !== 'recess') return [];
  const open = now.meeting.phase === 'open';
  const wall = forWall(now);
  const found = [...(open ? votes(wall) : []), ...notices(now), ...(open ? others(wall) : [])];
  return found.filter(({ key }) => !aside.has(key));
}

function votes(now: Partial<MeetingSections>): Waiting[] {
  const vote = currentVote(now.votes);
  if (!vote || screenOf(now) === 'vote') return [];
  const kind = isRunning(vote) ? 'vote' : vote.state === 'announced' ? 'result' : null;
  return kind ? [{ key: `${kind} ${vote.vote}`, kind, words: vote.question, shows: { mode: 'vote' } }] : [];
}

function notices(now: Partial<MeetingSections>): Waiting[] {
  const waiting = (now.notices ?? []).filter(({ to, state }) => to === 'wall' && state === 'prepared');
  return waiting.map(({ notice, text }) => ({ key: `notice ${notice}`, kind: 'notice', words: text, shows: { notice } }));
}

function others(now: Partial<MeetingSections>): Waiting[] {
  const screen = screenOf(now);
  const [turn, item, shown] = [floor(now.speaking), activeItem(now.agenda ?? []), now.presenting];
  const found: Waiting[] = [];
  if (turn && screen !== 'item') found.push({ key: `speaker ${turn.speech}`, kind: 'speaker', words: turn.name, shows: { mode: 'item' } });
  if (shown && screen !== 'page') {
    const title = now.papers?.find(({ paper }) => paper === shown.paper)?.title ?? '';
    found.push({ key: `page ${shown.paper} ${shown.version} ${shown.page}`, kind: 'page', words: `${title} · ${shown.page}`, shows: { mode: 'page' } });
  }
  if (item && !turn && screen !== 'item') found.push({ key: `item ${item.item}`, kind: 'item', words: `${item.number}. ${item.title}`, shows: { mode: 'item' } });
  return found;
}
