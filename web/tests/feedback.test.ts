import { cleanup, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { useTexts } from '../src/lib/i18n/texts.svelte.ts';
import { Failure } from '../src/lib/failure.ts';
import Tell from '../src/seat/feedback/Tell.svelte';
import type { Seat } from '../src/seat/seat.svelte.ts';

const at = (more: object = {}): Seat =>
  ({
    now: { seat: { label: 'A3', room_name: 'Phòng họp số 1 (demo)' } },
    online: true,
    place: 'papers',
    lastFailure: { failure: new Failure('internal-error'), at: Date.parse('2026-11-23T01:30:00Z') },
    ...more,
  }) as unknown as Seat;

beforeAll(async () => {
  await useTexts('common', 'seat', 'feedback');
  HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
    this.open = true;
  };
});
afterEach(cleanup);

describe('W146 a fault told at the seat', () => {
  it('is sent with what was shown before, and nothing else', async () => {
    const act = vi.fn(async () => 'a-1');
    const onsent = vi.fn();
    render(Tell, { seat: at({ act }), open: true, kind: 'fault', text: ' Trang đứng yên ', onsent });
    await userEvent.click(screen.getByRole('button', { name: 'Xem lại và gửi' }));
    const shown = screen.getAllByRole('definition').map((one) => one.textContent);
    expect(shown.slice(0, 2)).toEqual(['/seat/papers', 'A3 · Phòng họp số 1 (demo)']);
    await userEvent.click(screen.getByRole('button', { name: 'Gửi' }));
    const [kind, data] = act.mock.calls[0] as unknown as [string, { kind: string; text: string; about: Record<string, string> }];
    expect([kind, data.kind, data.text]).toEqual(['feedback_send', 'fault', 'Trang đứng yên']);
    const { at: moment, language, ...rest } = data.about;
    expect(shown).toEqual(expect.arrayContaining([...Object.values(rest), 'Tiếng Việt']));
    expect([shown.length, language, Number.isNaN(Date.parse(moment!))]).toEqual([Object.keys(data.about).length, 'vi', false]);
    expect(data.about['error']).toContain('internal-error');
    expect(onsent).toHaveBeenCalledExactlyOnceWith('a-1', ' Trang đứng yên ');
  });

  it('is sent without it when the person says so, and not at all when nothing is written', async () => {
    const act = vi.fn(async () => 'a-1');
    const { rerender } = render(Tell, { seat: at({ act }), open: true, kind: 'fault', text: ' ', onsent: vi.fn() });
    await userEvent.click(screen.getByRole('button', { name: 'Xem lại và gửi' }));
    expect(screen.getByText('Đề nghị đồng chí ghi vài lời.')).toBeInTheDocument();
    await rerender({ text: 'Chữ to hơn' });
    await userEvent.click(screen.getByRole('button', { name: 'Góp ý' }));
    await userEvent.click(screen.getByRole('button', { name: 'Xem lại và gửi' }));
    await userEvent.click(screen.getByRole('checkbox'));
    await userEvent.click(screen.getByRole('button', { name: 'Gửi' }));
    expect(act).toHaveBeenCalledExactlyOnceWith('feedback_send', { kind: 'wish', text: 'Chữ to hơn' });
  });

  it('loses nothing when the agent does not take it', async () => {
    const act = vi.fn(async () => Promise.reject(new Failure('network')));
    render(Tell, { seat: at({ act }), open: true, kind: 'fault', text: 'Chữ to hơn', onsent: vi.fn() });
    await userEvent.click(screen.getByRole('button', { name: 'Xem lại và gửi' }));
    await userEvent.click(screen.getByRole('button', { name: 'Gửi' }));
    expect(screen.getByText(/Chữ to hơn/)).toBeInTheDocument();
    expect(screen.getByRole('dialog')).toBeInTheDocument();
  });
});
