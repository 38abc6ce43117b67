import { cleanup, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { useTexts } from '$lib/i18n/texts.svelte.ts';
import Look from '../src/console/readings/Look.svelte';
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
