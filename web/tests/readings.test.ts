import { cleanup, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { useTexts } from '$lib/i18n/texts.svelte.ts';
import Look from '../src/console/readings/Look.svelte';
import OwnReadings from '../src/console/readings/OwnReadings.svelte';
import { papersOf, spans } from '../src/console/readings/own.ts';
import type { Reading } from '../src/console/readings/readings.ts';
import { session } from '../src/console/session.svelte.ts';

beforeEach(() => useTexts('common', 'console', 'readings'));
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

const row = (number: number) => ({
  number,
  person: 'u-stranger',
  name: 'Thư ký khác (demo)',
  paper: 'p-one',
  title: 'Báo cáo',
  version: 1,
  page: number,
  how: 'front',
  place: 'console',
  seat_label: '',
  at: '2026-11-23T01:00:00.000Z',
});

it('offers whoever stands in the rows, and goes on with what was asked, whatever is chosen meanwhile', async () => {
  vi.spyOn(session.api, 'get').mockImplementation(async (path: string) =>
    path === '/api/meetings'
      ? { meetings: [{ id: 'm-one', title: 'Họp (demo)', starts_at: '2026-11-23T01:00:00.000Z' }] }
      : { sections: { members: [{ person: 'u-lan', name: 'Lan (demo)' }], papers: [] } },
  );
  const people = [
    { person: 'u-lan', name: 'Lan (demo)' },
    { person: 'u-stranger', name: 'Thư ký khác (demo)' },
  ];
  const told = { intact: true, kept: 2, rows: 2, people };
  const sent = vi
    .spyOn(session.api, 'send')
    .mockResolvedValueOnce({ ...told, readings: [row(1)], next: 1 })
    .mockResolvedValueOnce({ ...told, readings: [row(2)], next: null });
  render(Look);
  const user = userEvent.setup();
  await screen.findByRole('option', { name: /Họp/ });
  await user.selectOptions(screen.getByLabelText('Cuộc họp'), 'm-one');
  await screen.findByRole('option', { name: 'Lan (demo)' });
  await user.type(screen.getByLabelText('Lý do xem'), 'Lộ trang');
  await user.click(screen.getByRole('button', { name: 'Xem' }));
  const more = await screen.findByRole('button', { name: 'Xem tiếp' });
  expect(screen.getAllByRole('option', { name: 'Lan (demo)' })).toHaveLength(1);
  await user.selectOptions(screen.getByLabelText('Người'), 'u-stranger');
  await user.click(more);
  expect(await screen.findAllByRole('row')).toHaveLength(3);
  expect(sent.mock.calls.map((call) => call[2])).toEqual([{ reason: 'Lộ trang' }, { reason: 'Lộ trang', after: 1 }]);
});

const read = (page: number, how: Reading['how'], more: Partial<Reading> = {}): Reading => ({ ...row(page), how, place: 'seat', seat_label: 'B1', ...more });

it('puts together what is kept of oneself paper by paper', () => {
  const rows = [read(0, 'opened'), read(2, 'front'), read(1, 'front'), read(4, 'front'), read(4, 'sent'), read(5, 'sent'), read(0, 'opened', { version: 2 })];
  const [first, second] = papersOf(rows);
  expect(first).toMatchObject({ version: 1, front: [1, 2, 4], sent: [5], openings: [{ place: 'seat', seat_label: 'B1' }] });
  expect(second).toMatchObject({ version: 2, front: [], sent: [] });
  expect(spans([1, 2, 4, 6, 7, 8])).toBe('1–2, 4, 6–8');
  expect(spans([])).toBe('');
});

it('shows what is kept of oneself: the newest meeting first, another one when it is chosen, and says when there is nothing', async () => {
  const meetings = [
    { id: 'm-new', title: 'Họp mới (demo)', starts_at: '2026-11-23T01:00:00.000Z', rows: 2, newest_at: '2026-11-23T01:00:00.000Z' },
    { id: 'm-old', title: 'Họp cũ (demo)', starts_at: null, rows: 1, newest_at: '2026-11-20T01:00:00.000Z' },
  ];
  const get = vi.spyOn(session.api, 'get').mockImplementation(async (path: string) => {
    if (path === '/api/me/readings') return { meetings };
    return { readings: path.includes('m-new') ? [read(0, 'opened'), read(3, 'front')] : [read(0, 'opened', { title: 'Tờ trình', place: 'console', seat_label: '' })] };
  });
  render(OwnReadings);
  expect(await screen.findByText(/Chỗ ngồi B1/)).toBeVisible();
  expect(screen.getByRole('cell', { name: '3' })).toBeVisible();
  await userEvent.selectOptions(screen.getByLabelText('Cuộc họp'), 'm-old');
  expect(await screen.findByText(/Tờ trình/)).toBeVisible();
  expect(screen.getByText(/Máy tính/)).toBeVisible();
  expect(get.mock.calls.at(-1)).toEqual(['/api/meetings/m-old/readings/mine']);
  cleanup();
  get.mockResolvedValue({ meetings: [] });
  render(OwnReadings);
  expect(await screen.findByText('Chưa ghi lượt mở nào của đồng chí.')).toBeVisible();
});
