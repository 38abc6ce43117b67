/**
 * What is around the opening of a vote: the look at who is ready, a vote that was kept and could not be opened, the kind that a rehearsal
 * cannot have, and an open vote that waits for a member who reads a paper.
 */
import { cleanup, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Failure } from '$lib/failure.ts';
import { setLanguage, useTexts } from '$lib/i18n/texts.svelte.ts';
import type { AgendaItem, Vote } from '$lib/sections.ts';
import { dismiss, notices } from '$lib/ui/notices.svelte.ts';
import type { Ready } from '$lib/voting/ready.ts';
import ReadyCheck from '$lib/voting/ReadyCheck.svelte';
import { looks } from '../src/console/live/vote/ready.ts';
import VotePanel from '../src/console/live/vote/VotePanel.svelte';
import type { MeetingDesk } from '../src/console/meeting/desk.svelte.ts';
import PaperReview from '../src/console/meeting/PaperReview.svelte';
import { session } from '../src/console/session.svelte.ts';
import BeginVote from '../src/seat/lead/BeginVote.svelte';
import type { Seat } from '../src/seat/seat.svelte.ts';
import { vectors } from './files.ts';

const golden = vectors<{ votes: Vote[] }>('ballots').votes[0]!;
const ME = golden.roll.find((one) => one.present)!.person;
const item = { item: golden.item, number: '1', title: 'Báo cáo', state: 'active', presenter: null } as unknown as AgendaItem;
const ready = { entitled: 3, present: 3, able: 3, represented: 0, recused: 0, people: [] };
const deskWith = (votes: Vote[], more: object = {}): MeetingDesk =>
  ({
    id: 'm-1',
    path: '/api/meetings/m-1',
    phase: 'open',
    rehearsalOf: null,
    delivery: null,
    ballots: new Map(),
    live: { behind: false },
    now: { meeting: { title: 'Họp' }, members: [], attendance: [], papers: [], agenda: [item], votes, quorum: { entitled: 3, present: 3, need: null, met: true } },
    ...more,
  }) as unknown as MeetingDesk;

beforeEach(async () => {
  Element.prototype.scrollIntoView = () => undefined; // there is nothing to scroll here
  await useTexts('common', 'meeting', 'voting', 'roll', 'seat', 'lead', 'rehearsal');
  await setLanguage('vi');
  vi.spyOn(session, 'me', 'get').mockReturnValue({ id: ME, name: '', roles: [] } as never);
});
afterEach(() => {
  cleanup();
  for (const { id } of notices()) dismiss(id);
  vi.useRealTimers();
});

describe('W114 who is ready', () => {
  it('is looked up every three seconds while nothing is heard', async () => {
    vi.useFakeTimers();
    const asked = vi.spyOn(session.api, 'get').mockImplementation(async () => ({ ...ready }));
    render(ReadyCheck, { look: looks(deskWith([])), stir: null, asked: { kind: 'open', item: 'i-1' } });
    await vi.advanceTimersByTimeAsync(2_900);
    expect(asked).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(6_000);
    expect(asked).toHaveBeenCalledTimes(3);
  });
});

describe('a vote that was kept and could not be opened', () => {
  it('says why, though the form it was written in is gone', async () => {
    vi.spyOn(session.api, 'get').mockResolvedValue(ready);
    const open = vi.fn().mockRejectedValue(new Failure('quorum-missing', 409, { vi: 'Chưa đủ thành phần' }));
    const { rerender } = render(VotePanel, { desk: deskWith([], { send: open }), item, onclose: () => undefined });
    // The patch with the new vote is there before the answer is.
    vi.spyOn(session.api, 'send').mockImplementation(async () => {
      await rerender({ desk: deskWith([{ ...golden, state: 'created', opened_at: null, result: null }], { send: open }) });
      return { vote: golden.vote };
    });
    await userEvent.click(screen.getByRole('button', { name: 'Mở biểu quyết' }));
    await vi.waitFor(() => expect(open).toHaveBeenCalledOnce());
    await vi.waitFor(() => expect(notices()).toMatchObject([{ tone: 'bad', text: 'Chưa đủ thành phần' }]));
    expect(document.querySelector('form')).toBeNull();
  });
});

describe('W107 an open vote', () => {
  it('waits for the member over a paper as well', { timeout: 30_000 }, async () => {
    const vote: Vote = { ...golden, kind: 'open', state: 'open', result: null, ballots: [], receipts: [], roll: golden.roll.map((one) => ({ ...one, voted: false })) };
    render(PaperReview, { desk: deskWith([vote]), params: { meeting: 'm-1', paper: 'p-1' } });
    expect(await screen.findByRole('button', { name: vote.answers[0]!.text }, { timeout: 20_000 })).toBeEnabled();
  });
});

const seatWith = (found: () => Promise<Partial<Ready>>, votes: Vote[] = [], rehearsal_of: string | null = null) => {
  const act = vi.fn(async () => 'a-1');
  const asked = vi.fn(found);
  const seat = { now: { meeting: { rehearsal_of }, votes, agenda: [item] }, waits: () => false, act, ready: asked } as unknown as Seat;
  return { seat, act, asked };
};
const created = (more: Partial<Vote> = {}): Vote => ({ ...golden, state: 'created', opened_at: null, result: null, ...more });
const lan = { person: 'u-lan', name: 'Trần Thị Lan (demo)', standing: 'unready' as const, why: 'locked', seat: 'A3' };

describe('W126 the chair at a seat', () => {
  it('sees how many are ready before the opening, and opens at once when all are', async () => {
    const { seat, act, asked } = seatWith(async () => ready);
    render(BeginVote, { seat, item });
    expect(await screen.findByText('3/3 người có mặt bỏ phiếu được ngay')).toBeVisible();
    expect(asked).toHaveBeenCalledWith({ kind: 'open', item: item.item });
    await userEvent.click(screen.getByRole('button', { name: 'Mở biểu quyết' }));
    await vi.waitFor(() => expect(act).toHaveBeenCalledOnce());
    expect(act).toHaveBeenCalledWith('vote_begin', expect.objectContaining({ item: item.item, kind: 'open', seen: 0 }));
    expect(screen.queryByRole('dialog')).toBeNull();
  });
  it('sees by name and reason who is not, and is asked once more', async () => {
    const { seat, act } = seatWith(async () => ({ ...ready, able: 2, people: [lan], more: 2 }), [created()]);
    render(BeginVote, { seat, item: null });
    await userEvent.click(await screen.findByRole('button', { name: 'Ai chưa sẵn sàng (1)' }));
    expect(screen.getByText('Trần Thị Lan (demo) (A3)')).toBeVisible();
    expect(screen.getByText('Chỗ ngồi đang khóa')).toBeVisible();
    expect(screen.getByText('Và 2 người nữa.')).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: /^Mở biểu quyết/ }));
    await screen.findByRole('dialog', { name: 'Có người chưa bỏ phiếu được' });
    expect(act).not.toHaveBeenCalled();
    await userEvent.click(screen.getByRole('button', { name: 'Vẫn mở biểu quyết' }));
    await vi.waitFor(() => expect(act).toHaveBeenCalledExactlyOnceWith('vote_open', { vote: golden.vote }));
  });
  it('opens nothing when they think better of it', async () => {
    const { seat, act } = seatWith(async () => ({ ...ready, able: 2, people: [lan] }));
    render(BeginVote, { seat, item });
    await userEvent.click(screen.getByRole('button', { name: 'Mở biểu quyết' }));
    await screen.findByRole('dialog');
    await userEvent.click(screen.getByRole('button', { name: 'Quay lại' }));
    await vi.waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(act).not.toHaveBeenCalled();
    expect(screen.getByRole('button', { name: 'Mở biểu quyết' })).not.toHaveAttribute('aria-busy');
  });
  it('is told that it is not known who is ready, and asked before it is opened all the same', async () => {
    const { seat, act } = seatWith(() => Promise.reject(new Failure('offline', 503, { vi: 'Mất kết nối' })));
    render(BeginVote, { seat, item });
    expect(await screen.findByText('Không xem được ai đã sẵn sàng: Mất kết nối')).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Mở biểu quyết' }));
    await screen.findByRole('dialog');
    expect(act).not.toHaveBeenCalled();
  });
  it('begins the vote of the moment of the press, whatever is prepared meanwhile', async () => {
    const { seat, act } = seatWith(async () => ({ ...ready, able: 2, people: [lan] }));
    render(BeginVote, { seat, item });
    await userEvent.click(screen.getByRole('button', { name: 'Mở biểu quyết' }));
    await screen.findByRole('dialog');
    (seat.now as { votes: Vote[] }).votes.push(created());
    await userEvent.click(screen.getByRole('button', { name: 'Vẫn mở biểu quyết' }));
    await vi.waitFor(() => expect(act).toHaveBeenCalledWith('vote_begin', expect.objectContaining({ seen: 0 })));
  });
  it('has one list of what is prepared, the one they choose', async () => {
    const other = created({ vote: 'v-2', question: 'Bầu chủ tịch?', kind: 'secret' });
    const { seat, asked } = seatWith(async () => ready, [created(), other]);
    render(BeginVote, { seat, item: null });
    await vi.waitFor(() => expect(asked).toHaveBeenCalledExactlyOnceWith({ vote: golden.vote }));
    await userEvent.click(screen.getByRole('button', { name: 'Ai chưa sẵn sàng: Bầu chủ tịch?' }));
    await vi.waitFor(() => expect(asked).toHaveBeenLastCalledWith({ vote: 'v-2' }));
  });
});

describe('M5 the chair at a seat', () => {
  const seat = (rehearsal_of: string | null, votes: Vote[] = []): Seat => seatWith(async () => ready, votes, rehearsal_of).seat;

  it('cannot open a prepared vote that is signed, in a rehearsal, and is told why', () => {
    render(BeginVote, { seat: seat('m-0', [created({ kind: 'named' })]), item: null });
    expect(screen.getByRole('button', { name: /^Mở biểu quyết/ })).toBeDisabled();
    expect(screen.getByText('Trong cuộc chạy thử không ký số.')).toBeVisible();
    cleanup();
    render(BeginVote, { seat: seat(null, [created({ kind: 'named' })]), item: null });
    expect(screen.getByRole('button', { name: /^Mở biểu quyết/ })).toBeEnabled();
  });
  it('cannot do it at the console either', () => {
    render(VotePanel, { desk: deskWith([created({ kind: 'named' })], { rehearsalOf: 'm-0' }), item, onclose: () => undefined });
    expect(screen.getByRole('button', { name: 'Mở' })).toBeDisabled();
    expect(screen.getByText('Trong cuộc chạy thử không ký số.')).toBeVisible();
  });

  it('is not offered signed answers in a rehearsal, and told why', () => {
    render(BeginVote, { seat: seat('m-0'), item });
    expect(screen.getByRole('button', { name: 'Ký tên' })).toBeDisabled();
    expect(screen.getByText(/Trong cuộc chạy thử không ký số/)).toBeVisible();
    expect(screen.getByRole('button', { name: 'Công khai' })).toBeEnabled();
  });
  it('is offered them in a meeting', () => {
    render(BeginVote, { seat: seat(null), item });
    expect(screen.getByRole('button', { name: 'Ký tên' })).toBeEnabled();
    expect(screen.queryByText(/Trong cuộc chạy thử/)).toBeNull();
  });
});
