import { cleanup, render, screen } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { useTexts } from '$lib/i18n/texts.svelte.ts';
import { faults, type RoomCheck, walk } from '../src/console/fleet/roomcheck.ts';
import Page from '../src/console/fleet/RoomCheck.svelte';
import { session } from '../src/console/session.svelte.ts';

const good = { what: 'network', verdict: 'good', code: 'online', values: {} } as const;
const told: RoomCheck = {
  room: { id: 'r-1', name: 'Phòng họp 1' },
  at: '2026-11-23T01:00:00.000Z',
  meetings: 1,
  papers: 3,
  counts: { good: 1, unknown: 0, warn: 1, bad: 2 },
  seats: [
    { seat: 's-1', label: 'A1', device: 'd-1', serial: 'KS-01', verdict: 'good', findings: [good] },
    { seat: 's-10', label: 'A10', device: 'd-2', serial: '', verdict: 'warn', findings: [good, { what: 'heat', verdict: 'warn', code: 'degrees', values: { n: 77 } }] },
    { seat: 's-4', label: 'A4', device: null, serial: '', verdict: 'bad', findings: [{ what: 'network', verdict: 'bad', code: 'no_terminal', values: {} }] },
    { seat: 's-3', label: 'A3', device: 'd-3', serial: '', verdict: 'bad', findings: [good, { what: 'heat', verdict: 'bad', code: 'degrees', values: { n: 85 } }] },
  ],
};

beforeEach(async () => {
  await useTexts('common', 'console', 'roomcheck');
  vi.spyOn(session.api, 'get').mockResolvedValue(told as never);
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

it('leads to what needs somebody first, each kind of fault once with all its seats', () => {
  expect(walk(told.seats).map(({ label }) => label)).toEqual(['A3', 'A4', 'A10', 'A1']);
  expect(faults(told.seats)).toEqual([
    { key: 'heat.degrees', verdict: 'bad', labels: ['A3', 'A10'] },
    { key: 'network.no_terminal', verdict: 'bad', labels: ['A4'] },
  ]);
});

it('says how many seats are ready, what is wrong and what to do, and hides the good ones when asked', async () => {
  render(Page, { params: { room: 'r-1' } });
  expect(await screen.findByText('2/4 chỗ sẵn sàng')).toBeTruthy();
  expect(screen.getByText('Xem thiết bị có bị che, quạt có chạy; đặt nơi thoáng.')).toBeTruthy();
  expect(screen.getByText('KS-01')).toBeTruthy();
  await userEvent.click(screen.getByLabelText('Chỉ hiện chỗ cần xem'));
  expect(screen.queryByText('KS-01')).toBeNull();
  expect(screen.getByText('85 °C')).toBeTruthy();
});
