import { cleanup, render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { useTexts } from '$lib/i18n/texts.svelte.ts';
import type { Display, MeetingSections, Phase } from '$lib/sections.ts';
import type { MeetingDesk } from '../src/console/meeting/desk.svelte.ts';
import { queueOf } from '../src/console/live/wall/queue.ts';
import { forWall } from '../src/console/live/wall/shown.ts';
import WallCard from '../src/console/live/wall/WallCard.svelte';

const notice = (id: string, to: 'wall' | 'seats', state: 'prepared' | 'sent') => ({ notice: id, to, state, text: `Tin ${id} (demo)`, people: [], seconds: 0, by: '', sent_at: null, ends_at: null, read: [] });
const vote = (state: string) => ({ vote: 'b-1', item: 'i-1', state, opened_at: '2026-11-23T01:40:00.000Z', question: 'Thông qua? (demo)' });

function sections(mode: Display['mode'], more: object = {}, phase: Phase = 'open'): MeetingSections {
  const base = {
    meeting: { phase, title: 'Phiên họp (demo)', room_name: 'Phòng 1 (demo)' },
    display: { mode, text: '', until: null, notice: '' },
    agenda: [{ item: 'i-1', number: '1', title: 'Nội dung một (demo)', state: 'active', parent: null, visibility: 'common', papers: [], minutes: 10, started_at: null }],
    presenting: { paper: 'p-1', version: 1, page: 4, person: 'u-1', name: '', call: 0 },
    papers: [{ paper: 'p-1', item: 'i-1', title: 'Tờ trình (demo)', pages: 9 }],
    votes: [],
    members: [],
    notices: [notice('n-1', 'wall', 'prepared'), notice('n-2', 'seats', 'prepared'), notice('n-3', 'wall', 'sent')],
    speaking: null,
  };
  return { ...base, ...more } as unknown as MeetingSections;
}
const kinds = (now: MeetingSections, aside?: Set<string>) => queueOf(now, aside).map(({ kind }) => kind);

/* jsdom measures nothing. */
class Unmeasured {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}

beforeEach(() => vi.stubGlobal('ResizeObserver', Unmeasured));
beforeEach(() => useTexts('common', 'console', 'wall', 'display'));
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

describe('F2 what could be on the wall next', () => {
  it('is never what is there now', () => {
    expect(kinds(sections('item'))).toEqual(['notice', 'page']);
    expect(kinds(sections('page'))).toEqual(['notice', 'item']);
    expect(kinds(sections('message'))).toEqual(['notice', 'page', 'item']);
  });

  it('puts a vote first, later its result, and never one that is closed and not announced', () => {
    expect(kinds(sections('item', { votes: [vote('open')] }))[0]).toBe('vote');
    expect(kinds(sections('item', { votes: [vote('announced')] }))[0]).toBe('result');
    expect(kinds(sections('item', { votes: [vote('closed')] }))).toEqual(['notice', 'page']);
    expect(kinds(sections('vote', { votes: [vote('open')] }))).toEqual(['notice', 'page', 'item']);
  });

  it('has only what was written for the wall while the meeting rests, and nothing before and after it', () => {
    expect(kinds(sections('page', { votes: [vote('announced')] }, 'recess'))).toEqual(['notice']);
    for (const phase of ['approved', 'closed', 'locked'] as const) expect(kinds(sections('page', {}, phase))).toEqual([]);
  });

  it('brings back what was put aside once it is something else', () => {
    const aside = new Set(['page p-1 1 4', 'vote b-1']);
    expect(kinds(sections('item', { votes: [vote('open')] }), aside)).toEqual(['notice']);
    expect(kinds(sections('item', { votes: [vote('announced')], presenting: { paper: 'p-1', version: 1, page: 5 } }), aside)).toEqual(['result', 'notice', 'page']);
    expect(kinds(sections('item', { presenting: { paper: 'p-1', version: 2, page: 4 } }), aside)).toEqual(['notice', 'page']);
  });
});

describe('F2 W46 what the wall is given', () => {
  const item = (id: string, parent: string | null, visibility = 'common', state = 'waiting') => ({ item: id, parent, visibility, state, number: `n-${id}`, title: id, papers: ['p-1', 'p-2'], recused: ['u-1'] });
  const agenda = [
    item('open', null), item('hidden', null, 'hidden'), item('below', 'hidden'), item('internal', null, 'internal'),
    item('above', null, 'hidden', 'active'), item('sibling', 'above'), item('at-hand', 'above', 'common', 'active'), item('last', null),
  ]; // prettier-ignore
  const turn = (id: string, of: string) => ({ speech: id, item: of, name: id, state: 'waiting', reason: 'Kín (demo)', written: {}, by: 'u-1' });
  const asked = (id: string, of: string, state: string) => ({ ...vote(state), vote: id, item: of, roll: [{}], ballots: [{}], receipts: [{}], result: {}, secret: { ballots: [{}] } });
  const now = sections('item', {
    agenda,
    papers: [{ paper: 'p-1', item: 'hidden' }, { paper: 'p-2', item: 'open' }],
    votes: [asked('b-1', 'hidden', 'open'), asked('b-2', 'at-hand', 'open'), asked('b-3', 'open', 'announced'), asked('b-4', 'open', 'created'), asked('b-5', 'open', 'withdrawn')],
    speaking: { rules: {}, speeches: [turn('s-1', 'below'), turn('s-2', 'at-hand')], people: [{}], groups: [{}] },
    rounds: [{}],
    service: [{}],
    attendance: [{ reason: 'Ốm (demo)' }],
  });
  const wall = forWall(now);

  it('is common items, what is dealt with and what is above it, each with its own number (W45)', () => {
    expect(wall.agenda.map((each) => [each.item, each.parent, each.number])).toEqual([
      ['open', null, 'n-open'],
      ['above', null, 'n-above'],
      ['at-hand', 'above', 'n-at-hand'],
      ['last', null, 'n-last'],
    ]);
    expect(wall.agenda.flatMap(({ recused }) => recused)).toEqual([]);
    const deep = forWall({ ...now, agenda: [item('lone', null, 'internal'), item('child', 'lone')] } as unknown as MeetingSections);
    expect(deep.agenda).toEqual([]);
  });

  it('is of papers the presented one, of votes and turns those on its items, and of lists for who leads nothing', () => {
    expect(wall.papers.map(({ paper }) => paper)).toEqual(['p-1']);
    expect(wall.presenting).toBe(now.presenting);
    expect(wall.votes.map((each) => [each.vote, each.roll.length, each.ballots.length, each.receipts.length, each.result === null, each.secret?.ballots.length])).toEqual([
      ['b-2', 0, 0, 0, true, 0],
      ['b-3', 1, 1, 0, false, 1],
    ]);
    expect(wall.speaking?.speeches).toEqual([{ ...turn('s-2', 'at-hand'), reason: '', written: null, by: '' }]);
    expect([wall.rounds, wall.service, wall.notices]).toEqual([[], [], []]);
    expect(wall.attendance[0]!.reason).toBe('');
    expect(forWall({ ...now, presenting: { ...now.presenting!, paper: 'p-9' } }).presenting).toBeNull();
  });

  it('is all that may come next: no vote and no turn on a hidden item', () => {
    const hidden = { agenda: [item('i-1', null, 'hidden'), item('open', null, 'common', 'active')], votes: [{ ...vote('open'), item: 'i-1' }], presenting: null };
    const speaking = { rules: {}, speeches: [{ ...turn('s-1', 'i-1'), state: 'speaking' }], people: [], groups: [] };
    expect(kinds(sections('message', { ...hidden, speaking }))).toEqual(['notice', 'item']);
  });
});

describe('F2 the wall at the console', () => {
  it('in a rehearsal is called that of the rehearsal, for the wall may show a meeting that goes on', () => {
    const now = sections('item');
    now.meeting.rehearsal_of = 'm-1';
    render(WallCard, { desk: { now, pages: null, live: null } as unknown as MeetingDesk });
    expect(screen.getByRole('img', { name: 'Màn hình chung của buổi chạy thử: nội dung đang bàn' })).toBeInTheDocument();
  });

  it('shows and drops by one press each, from the keyboard too', async () => {
    const act = vi.fn(async () => true);
    const send = vi.fn(async () => undefined);
    const desk = { now: sections('item'), pages: null, live: null, act, send } as unknown as MeetingDesk;
    const user = userEvent.setup();
    render(WallCard, { desk });
    expect(screen.getByRole('img', { name: 'Màn hình chung đang hiện: nội dung đang bàn' })).toBeInTheDocument();
    const card = screen.getByRole('button', { name: /Thông báo: Tin n-1 \(demo\).*Mở hàng chờ màn hình chung \(2\)/s });
    card.focus();
    await user.keyboard('{Enter}');
    await user.click(screen.getByRole('button', { name: 'Chiếu: Tin n-1 (demo)' }));
    expect(act).toHaveBeenLastCalledWith('notices/n-1/send');
    await user.click(screen.getByRole('button', { name: /^Chiếu: Tờ trình/ }));
    expect(act).toHaveBeenLastCalledWith('display', { mode: 'page', text: '' });
    await user.click(screen.getByRole('button', { name: 'Gỡ: Tin n-1 (demo)' }));
    expect(send).not.toHaveBeenCalled();
    const asked = screen.getByRole('dialog', { name: 'Gỡ thông báo này?' });
    await user.click(within(asked).getByRole('button', { name: 'Gỡ' }));
    expect(send).toHaveBeenLastCalledWith('notices/n-1/withdraw');
    await user.click(screen.getByRole('button', { name: /^Bỏ qua: Tờ trình/ }));
    expect(act).toHaveBeenCalledTimes(2);
    expect(screen.queryByRole('button', { name: /^Bỏ qua: Tờ trình/ })).toBeNull();
  });

  it('leaves the focus at the row that takes the place of one that goes, at last at the heading, and says so', async () => {
    const desk = { now: sections('message'), pages: null, live: null, act: vi.fn(async () => true) } as unknown as MeetingDesk;
    const user = userEvent.setup();
    desk.now.notices = [];
    render(WallCard, { desk });
    await user.click(screen.getByRole('button', { name: /Mở hàng chờ/ }));
    await user.click(screen.getByRole('button', { name: /^Bỏ qua: Tờ trình/ }));
    expect(screen.getByRole('button', { name: /^Chiếu: 1\. Nội dung một/ })).toHaveFocus();
    expect(screen.getByRole('status')).toHaveTextContent('Đã bỏ qua: Tờ trình (demo) · 4');
    await user.click(screen.getByRole('button', { name: /^Bỏ qua: 1\./ }));
    expect(screen.getByRole('heading', { name: 'Chờ chiếu' })).toHaveFocus();
  });
});
