import { cleanup, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { Failure } from '../src/lib/failure.ts';
import { useTexts } from '../src/lib/i18n/texts.svelte.ts';
import PinSheet from '../src/seat/signing/PinSheet.svelte';
import type { TokenInfo } from '../src/seat/sections.ts';

const token = (more: Partial<TokenInfo> = {}): TokenInfo => ({
  state: 'ready', name: 'Trần Thị Lan (demo)', tries_left: null, low: false, last: false, shortest: 4, longest: 8, code: '', data: {}, count: 1,
  needed: true, mine: true, signs: true, ...more,
});
const given = (more: object = {}) => ({
  token: token(), open: true, title: 'Điểm danh', lines: ['Tôi có mặt.', 'Lập tại chỗ ngồi A1.'], confirm: 'Ký', send: async () => undefined, ...more,
});

beforeAll(async () => {
  await useTexts('common', 'seat');
});

afterEach(cleanup);

async function types(pin: string): Promise<void> {
  for (const digit of pin) await userEvent.click(screen.getByRole('button', { name: digit }));
  await userEvent.click(screen.getByRole('button', { name: 'Ký' }));
}

describe('the sheet for a PIN', () => {
  it('shows what is signed, sends the PIN once, and closes', async () => {
    const send = vi.fn(async () => undefined);
    const onsigned = vi.fn();
    const onclose = vi.fn();
    render(PinSheet, given({ send, onsigned, onclose }));
    expect(screen.getByText('Tôi có mặt.')).toBeInTheDocument();
    expect(screen.getByText('Lập tại chỗ ngồi A1.')).toBeInTheDocument();
    await types('123456');
    expect(send.mock.calls).toEqual([['123456', false]]);
    expect(onsigned).toHaveBeenCalledOnce();
    expect(onclose).not.toHaveBeenCalled();
  });

  it('V7 says what was chosen above what is signed, whether there is a token or none', async () => {
    const { rerender } = render(PinSheet, given({ choice: 'Đồng chí chọn: Tán thành' }));
    const above = (): number => screen.getByText('Đồng chí chọn: Tán thành').compareDocumentPosition(screen.getByText('Tôi có mặt.'));
    expect(above() & Node.DOCUMENT_POSITION_FOLLOWING).toBeTruthy();
    expect(screen.getByRole('group', { name: 'Điểm danh' })).not.toHaveTextContent('Đồng chí chọn');
    await rerender(given({ choice: 'Đồng chí chọn: Tán thành', token: token({ state: 'absent', name: '' }) }));
    expect(above() & Node.DOCUMENT_POSITION_FOLLOWING).toBeTruthy();
  });

  it('says a refusal, keeps nothing of the PIN and stays', async () => {
    const send = vi.fn(async () => {
      throw new Failure('card-pin-wrong', 409, { vi: 'Mã PIN không đúng.', en: 'Wrong PIN.' });
    });
    render(PinSheet, given({ send }));
    await types('999999');
    expect(await screen.findByText('Mã PIN không đúng.')).toBeInTheDocument();
    expect(screen.getByLabelText('Mã PIN của USB token')).toHaveValue('');
    expect(send).toHaveBeenCalledOnce();
  });

  it('asks before the last try', async () => {
    const send = vi.fn(async () => undefined);
    render(PinSheet, given({ send, token: token({ last: true }) }));
    await types('123456');
    expect(send).not.toHaveBeenCalled();
    await userEvent.click(screen.getByRole('button', { name: 'Thử lần cuối' }));
    expect(send.mock.calls).toEqual([['123456', true]]);
  });

  it('asks for a token, and says when one cannot sign', async () => {
    const { rerender } = render(PinSheet, given({ token: token({ state: 'absent', name: '' }) }));
    expect(screen.getByText('Cắm USB token để ký')).toBeInTheDocument();
    await rerender(given({ token: token({ signs: false }) }));
    expect(screen.getByText(/không có chứng thư số để ký/)).toBeInTheDocument();
  });

  it('tells when the person turned away', async () => {
    const onclose = vi.fn();
    render(PinSheet, given({ onclose }));
    await userEvent.click(screen.getByRole('button', { name: 'Không ký' }));
    expect(onclose).toHaveBeenCalledOnce();
  });
});
