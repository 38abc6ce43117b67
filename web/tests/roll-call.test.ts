import { cleanup, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { useTexts } from '../src/lib/i18n/texts.svelte.ts';
import RollCall from '../src/seat/RollCall.svelte';
import type { Seat } from '../src/seat/seat.svelte.ts';

const token = {
  state: 'ready', name: 'Trần Thị Lan (demo)', tries_left: null, low: false, last: false, shortest: 4, longest: 8, code: '', data: {}, count: 1,
  needed: true, mine: true, signs: true,
};
const words = { title: 'Điểm danh', lines: ['Tôi là Trần Thị Lan (demo). Tôi có mặt tại cuộc họp “Họp (demo)”.'] };
const entry = { person: 'u-1', presence: 'present', method: 'token', at: '2026-11-23T01:30:00.000Z', arrived_at: null, reason: '', statement: 'ab' } as const;

function seat(acts: object[] = []): Seat {
  return {
    now: { usb_token: token, acts, person: { id: 'u-1', name: 'Trần Thị Lan (demo)' } },
    declare: vi.fn(async () => ({ act: 'a-1', kind: 'attend', words: { vi: words, en: words } })),
    signStatement: vi.fn(async () => undefined),
    leaveStatement: vi.fn(async () => undefined),
  } as unknown as Seat;
}

beforeAll(async () => {
  await useTexts('common', 'seat');
});
afterEach(cleanup);

describe('the roll call at the seat', () => {
  it('shows what is declared before it asks for the PIN, and signs that very statement', async () => {
    const made = seat();
    render(RollCall, { seat: made, here: undefined });
    await userEvent.click(screen.getByRole('button', { name: 'Điểm danh' }));
    expect(made.declare).toHaveBeenCalledExactlyOnceWith('attend', { presence: 'present' });
    expect(await screen.findByText(/Tôi có mặt tại cuộc họp/)).toBeInTheDocument();
    for (const digit of '1234') await userEvent.click(screen.getByRole('button', { name: digit }));
    await userEvent.click(screen.getByRole('button', { name: 'Ký' }));
    expect(made.signStatement).toHaveBeenCalledExactlyOnceWith('a-1', '1234', false);
    expect(made.leaveStatement).not.toHaveBeenCalled();
  });

  it('says when it is on its way, and when it stands in the log', () => {
    render(RollCall, { seat: seat([{ act: 'a-1', kind: 'attend', state: 'sent' }]), here: undefined });
    expect(screen.getByRole('status')).toHaveTextContent('Đang gửi điểm danh');
    cleanup();
    render(RollCall, { seat: seat(), here: entry });
    expect(screen.getByRole('status')).toHaveTextContent('Trần Thị Lan (demo) có mặt, đã ký lúc 08:30');
    expect(screen.queryByRole('button')).toBeNull();
  });
});
