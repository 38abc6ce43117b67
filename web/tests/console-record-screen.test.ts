import { cleanup, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { useTexts } from '$lib/i18n/texts.svelte.ts';
import Alarm from '../src/console/record/Alarm.svelte';
import type { Record } from '../src/console/record/record.ts';
import Restored from '../src/console/record/Restored.svelte';
import Seats from '../src/console/record/Seats.svelte';
import Verdict from '../src/console/record/Verdict.svelte';
import { session } from '../src/console/session.svelte.ts';

const record: Record = { key: 'k', size: 9, checkpoint: null, forked: false, verified: null, went_back: { old: 9, new: 7, at: null }, restored: [], seats: [] };

beforeEach(async () => {
  await useTexts('common', 'console', 'record');
  vi.spyOn(session, 'has').mockReturnValue(true);
  vi.spyOn(session, 'link', 'get').mockReturnValue('online');
});
afterEach(() => {
  vi.useRealTimers();
  cleanup();
});

it('I4 password and code do not stay behind a question that was closed', async () => {
  render(Restored, { now: record, ondone: () => undefined });
  const ask = screen.getByRole('button');
  await userEvent.click(ask);
  await userEvent.type(screen.getByLabelText('Mật khẩu'), 'một bí mật');
  await userEvent.type(document.querySelector<HTMLInputElement>('[autocomplete="one-time-code"]')!, '123456');
  await userEvent.click(screen.getByRole('button', { name: 'Quay lại' }));
  await userEvent.click(ask);
  expect(screen.getByLabelText('Mật khẩu')).toHaveValue('');
  expect(document.querySelector('[autocomplete="one-time-code"]')).toHaveValue('');
});

it('W131 lists which terminals followed, and what each keeps as evidence', () => {
  const seat = { device: 'd', room: 'Phòng 1', size: 1208, at: '2026-11-22T01:30:00.000Z' };
  render(Seats, {
    seats: [
      { ...seat, seat: 'A1', state: 'followed', gave_up: 1310 },
      { ...seat, device: 'e', seat: 'A2', state: 'acknowledged', gave_up: 0 },
    ],
  });
  expect(screen.getByRole('row', { name: /A1/ })).toHaveTextContent('Đã theo tiếp sau khôi phục Còn giữ mốc cũ 1.310 dòng làm bằng chứng');
  expect(screen.getByRole('row', { name: /A2/ })).toHaveTextContent('Mốc trước khi khôi phục');
  expect(screen.getByRole('row', { name: /A2/ })).not.toHaveTextContent('bằng chứng');
});

it('says when the night looked at what is new only', async () => {
  const verified = { at: '2026-11-22T19:00:00.000Z', by: '', size: 1310, problems: 0, since: 1208 };
  const { rerender } = render(Verdict, { is: 'good', now: { ...record, verified }, checked: null });
  expect(screen.getByText(/từ dòng 1\.208 đến dòng 1\.310/)).toBeVisible();
  await rerender({ is: 'good', now: { ...record, verified: { ...verified, since: 0 } }, checked: null });
  expect(screen.getByText(/Kiểm tra tự động 1\.310 dòng/)).toBeVisible();
});

it('tells what the night found to a page left open, and keeps it when the next look fails', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  let now: Partial<Record> | Error = {};
  const get = vi.spyOn(session.api, 'get').mockImplementation(async () => {
    if (now instanceof Error) throw now;
    return { ...record, ...now };
  });
  const { container } = render(Alarm);
  await vi.waitFor(() => expect(get).toHaveBeenCalledTimes(1));
  expect(container.querySelector('strong')).toBeNull();
  now = { forked: true };
  vi.advanceTimersByTime(3_600_000);
  await vi.waitFor(() => expect(container.querySelector('strong')).not.toBeNull());
  now = new Error('away');
  document.dispatchEvent(new Event('visibilitychange'));
  await vi.waitFor(() => expect(get).toHaveBeenCalledTimes(3));
  // What a failed look would change is on the page by now.
  await new Promise((done) => setTimeout(done));
  expect(container.querySelector('strong')).not.toBeNull();
  now = {};
  document.dispatchEvent(new Event('visibilitychange'));
  await vi.waitFor(() => expect(container.querySelector('strong')).toBeNull());
});
