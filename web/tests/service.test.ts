import { cleanup, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import CallList from '../src/console/live/service/CallList.svelte';
import { useTexts } from '../src/lib/i18n/texts.svelte.ts';
import type { ServiceCall } from '../src/lib/sections.ts';
import type { Seat } from '../src/seat/seat.svelte.ts';
import Service from '../src/seat/service/Service.svelte';

const call = (id: string, more: Partial<ServiceCall> = {}): ServiceCall => ({
  call: id, person: 'u-1', name: 'Trần Thị Lan (demo)', seat_label: 'A3', kind: 'water', text: '', state: 'asked',
  asked_at: '2026-11-23T01:30:00.000Z', by: '', at: '2026-11-23T01:30:00.000Z', ...more,
});

beforeAll(async () => {
  await useTexts('common', 'seat', 'service');
  HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
    this.open = true;
  };
});
afterEach(cleanup);

describe('D6 a service call', () => {
  it('is asked for by a touch, once while it is open, and shows who sees to it', async () => {
    const act = vi.fn(async () => 'a-2');
    const ask = vi.fn();
    const calls = [call('a-1', { state: 'taken', by: 'Văn Bình (demo)' })];
    render(Service, { seat: { now: { service: calls }, waits: () => false, online: true, act, ask } as unknown as Seat, open: true });
    expect(screen.getByText('Văn Bình (demo) đã nhận')).toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Nước uống' })).toBeDisabled();
    await userEvent.click(screen.getByRole('button', { name: 'Hỗ trợ kỹ thuật' }));
    expect(act).toHaveBeenCalledExactlyOnceWith('service_call', { kind: 'technical' });
    await userEvent.click(screen.getByRole('button', { name: 'Hủy' }));
    expect(ask).toHaveBeenCalledExactlyOnceWith('service_cancel', { call: 'a-1' });
  });

  it('says that it is kept while there is no connection', () => {
    render(Service, { seat: { now: { service: [] }, waits: () => true, online: false } as unknown as Seat, open: true });
    expect(screen.getByRole('status')).toHaveTextContent('đã lưu tại chỗ ngồi');
  });

  it('is taken and ended at the desk', async () => {
    const act = vi.fn(async () => true);
    render(CallList, { calls: [call('a-1'), call('a-2', { kind: 'other', text: 'Mượn kính' })], act });
    expect(screen.getByText('A3 · Mượn kính')).toBeInTheDocument();
    await userEvent.click(screen.getAllByRole('button', { name: 'Nhận' })[0]!);
    expect(act).toHaveBeenLastCalledWith(expect.objectContaining({ call: 'a-1' }), 'take');
    await userEvent.click(screen.getAllByRole('button', { name: 'Xong' })[1]!);
    expect(act).toHaveBeenLastCalledWith(expect.objectContaining({ call: 'a-2' }), 'done');
  });
});
