import { cleanup, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { useTexts } from '$lib/i18n/texts.svelte.ts';
import type { MeetingSections, Recall } from '$lib/sections.ts';
import RecallCard from '../src/console/live/RecallCard.svelte';
import { MeetingDesk } from '../src/console/meeting/desk.svelte.ts';
import LockDialog from '../src/console/meeting/LockDialog.svelte';
import { outcome, recallSeats } from '../src/console/meeting/recalled.ts';
import { session } from '../src/console/session.svelte.ts';

vi.mock('../src/lib/live/socket.ts', () => ({
  LiveSocket: class {
    meeting(): object {
      return { open: () => undefined, close: () => undefined };
    }
    delivery(_meeting: string, tell: (told: unknown) => void): () => void {
      told = tell;
      return () => undefined;
    }
    session(): () => void {
      return () => undefined;
    }
    watchLink(): () => void {
      return () => undefined;
    }
  },
}));
let told: (delivery: unknown) => void = () => undefined;

const receipt = (device: string): Recall['receipts'][number] => ({
  device,
  seat: `s-${device}`,
  seat_label: device,
  papers: 2,
  pages: 9,
  at: '2026-11-21T03:00:00.000Z',
  receipt_sha256: 'cd'.repeat(32),
});
const recall = (...proven: string[]): Recall => ({
  expected: ['B3', 'B10', 'A1'].map((device) => ({ device, seat_label: device })),
  receipts: proven.map(receipt),
});

let sent: { path: string; body: unknown }[];
let answers: Record<string, unknown>;
beforeEach(async () => {
  await useTexts('common', 'console', 'meeting', 'fleet');
  sent = [];
  answers = { '/api/me': { person: { id: 'u-an', name: 'An', position: '', unit: '', roles: [] }, csrf: 'x', idle_s: 900 } };
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    if (init.method === 'POST') sent.push({ path, body: JSON.parse(init.body as string) });
    return new Response(JSON.stringify(answers[path] ?? {}), { status: 200 });
  });
  await session.start();
});
afterEach(cleanup);

/** A closed meeting that this person has chaired; `revoked` as the server tells it. */
async function closed(from: Recall, revoked: string[] | null): Promise<MeetingDesk> {
  const desk = new MeetingDesk('m-1');
  const members = [{ person: 'u-an', name: 'An', position: '', unit: '', role: 'chair', seat: null, seat_label: '', signed_in: false }];
  answers['/api/meetings/m-1'] = { seq: 9, sections: { meeting: { phase: 'closed' }, members, agenda: [], papers: [], recall: from } as unknown as MeetingSections };
  desk.start();
  await vi.waitFor(() => expect(desk.ready).toBe(true));
  if (revoked) told({ meeting: 'm-1', seats: [], papers: [], recall: { expected: 3, confirmed: from.receipts.length, revoked } });
  return desk;
}

describe('P7 how a recall stands', () => {
  it('tells proofs, seats that are waited for, and revoked terminals apart', () => {
    const seats = recallSeats(recall('A1'), ['B3', 'A1']);
    expect(seats.map((seat) => [seat.label, seat.state])).toEqual([
      ['A1', 'proven'],
      ['B3', 'revoked'],
      ['B10', 'waiting'],
    ]);
    expect(outcome(seats)).toBe('waiting');
    expect(outcome(recallSeats(recall('A1', 'B10'), ['B3']))).toBe('final');
    expect(outcome(recallSeats(recall('A1', 'B10', 'B3')))).toBe('all');
    expect(outcome([])).toBe('all');
  });
  it('says in words why two of three is final', async () => {
    render(RecallCard, { desk: await closed(recall('A1', 'B10'), ['B3']) });
    expect(screen.getByText(/^\s*Thu hồi 2\/3/)).toHaveTextContent('Thu hồi 2/3 – kết quả cuối cùng');
    expect(screen.getByText(/^Chỗ B3: thiết bị đã bị thu hồi quyền/)).toBeVisible();
    expect(screen.getByText('Không còn chờ biên nhận của chỗ ngồi này.')).toBeVisible();
    expect(screen.queryByText('Chờ biên nhận')).toBeNull();
  });
  it('waits for all while the server has not said who was revoked', async () => {
    render(RecallCard, { desk: await closed(recall('A1', 'B10'), null) });
    expect(screen.getByText('Chờ biên nhận')).toBeVisible();
    expect(screen.queryByText(/kết quả cuối cùng/)).toBeNull();
  });
});

describe('M1 locking a closed meeting', () => {
  it('asks once when every seat has proven', async () => {
    render(LockDialog, { desk: await closed(recall('A1', 'B10', 'B3'), []), open: true });
    await userEvent.click(screen.getByRole('button', { name: 'Khóa' }));
    expect(sent.at(-1)).toEqual({ path: '/api/meetings/m-1/lock', body: {} });
  });
  it('G69 names the papers that are still signed, and says that they can be', async () => {
    const desk = await closed(recall('A1', 'B10', 'B3'), []);
    const signers = [{ person: 'u-an', signed_at: '2026-11-21T03:00:00.000Z' }, { person: 'u-binh', signed_at: null }];
    Object.assign(desk.now, {
      rounds: [
        { round: 'k-1', title: 'Biên bản', signers, closed_at: null },
        { round: 'k-2', title: 'Nghị quyết', signers, closed_at: '2026-11-21T03:00:00.000Z' },
      ],
    });
    render(LockDialog, { desk, open: true });
    expect(screen.getByText(/chữ ký và việc kết thúc ký của văn bản đang trình ký/)).toBeVisible();
    expect(await screen.findByRole('listitem')).toHaveTextContent('Biên bản · 1/2 người đã ký');
    expect(screen.getByText(/Khóa rồi vẫn ký tiếp được/)).toBeVisible();
  });
  it('names the seats without a proof and sends the reason', async () => {
    render(LockDialog, { desk: await closed(recall('A1'), ['B3']), open: true });
    expect(screen.getByText('Còn chờ biên nhận của chỗ: B10.')).toBeVisible();
    expect(screen.getByText(/không gửi được biên nhận: chỗ B3\./)).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Khóa' }));
    expect(sent).toEqual([]);
    await userEvent.type(screen.getByRole('textbox'), 'Thiết bị thất lạc');
    await userEvent.click(screen.getByRole('button', { name: 'Khóa' }));
    expect(sent.at(-1)).toEqual({ path: '/api/meetings/m-1/lock', body: { reason: 'Thiết bị thất lạc' } });
  });
});
