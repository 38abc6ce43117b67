import { cleanup, render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import Address from '../src/console/calendar/Address.svelte';
import Calendar from '../src/console/calendar/Calendar.svelte';
import { byDay, dayFrom, mondayOf, moved, weekOf, weeksOf } from '../src/console/calendar/days.ts';
import { session } from '../src/console/session.svelte.ts';
import type { ListedMeeting } from '../src/console/types.ts';
import { Failure } from '$lib/failure.ts';
import { useTexts } from '$lib/i18n/texts.svelte.ts';

const meeting = (more: Partial<ListedMeeting> = {}): ListedMeeting => ({
  id: 'm-aaaaaaaaaaaaaaaa',
  title: 'Họp giao ban (demo)',
  type: 'Giao ban',
  room_name: 'Phòng 1',
  starts_at: '2026-11-23T01:30:00.000Z',
  planned_minutes: 60,
  phase: 'approved',
  role: 'member',
  ...more,
});
const workdays = { days: [{ day: '2026-11-24', kind: 'off', name: 'Ngày nghỉ của cơ quan (demo)' }], by_law: ['2026-09-02'] };

function served(meetings: ListedMeeting[], address: unknown = null): ReturnType<typeof vi.spyOn> {
  return vi.spyOn(session.api, 'get').mockImplementation(async (path: string) => {
    if (path.startsWith('/api/workdays')) return workdays;
    return path === '/api/me/calendar' ? { address } : { meetings };
  });
}

beforeEach(() => useTexts('common', 'console', 'meeting', 'calendar'));
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

describe('days', () => {
  it('begin with Monday, and a month has all its weeks', () => {
    expect(mondayOf('2026-11-22')).toBe('2026-11-16');
    expect(mondayOf('2026-11-23')).toBe('2026-11-23');
    expect(weekOf('2026-12-31').at(-1)).toBe('2027-01-03');
    const weeks = weeksOf('2026-11-15');
    expect([weeks.length, weeks[0]![0], weeks.at(-1)![6]]).toEqual([6, '2026-10-26', '2026-12-06']);
    expect(weeksOf('2027-02-01').length).toBe(4);
    for (let month = 1; month <= 12; month += 1) {
      const days = weeksOf(`2028-${String(month).padStart(2, '0')}-10`).flat().filter((day) => Number(day.slice(5, 7)) === month);
      expect(days.length).toBe(new Date(Date.UTC(2028, month, 0)).getUTCDate());
    }
  });
  it('are left and come back to, and what is no day is today', () => {
    expect([moved('month', '2026-01-31', 1), moved('month', '2026-01-31', -1), moved('week', '2026-12-28', 1)]).toEqual(['2026-02-01', '2025-12-01', '2027-01-04']);
    expect(['2026-11-23', '2026-02-30', 'x', undefined, '9999-01-01'].map((text) => dayFrom(text, 'T'))).toEqual(['2026-11-23', 'T', 'T', 'T', 'T']);
  });
  it('are those of Vietnam around midnight, and rehearsals are none', () => {
    const late = meeting({ id: 'm-b', starts_at: '2026-11-23T16:59:00.000Z' });
    const next = meeting({ id: 'm-c', starts_at: '2026-11-23T17:00:00.000Z' });
    const found = byDay([next, late, meeting(), meeting({ id: 'm-d', rehearsal_of: 'm-aaaaaaaaaaaaaaaa' })]);
    expect([...found].map(([day, there]) => [day, there.map((one) => one.id)])).toEqual([
      ['2026-11-23', ['m-aaaaaaaaaaaaaaaa', 'm-b']],
      ['2026-11-24', ['m-c']],
    ]);
  });
});

describe('the page', () => {
  it('shows a month with its meetings and free days, and leads to the week where there are many', async () => {
    served([1, 2, 3, 4].map((n) => meeting({ id: `m-${n}`, title: `Họp ${n} (demo)`, phase: n === 1 ? 'cancelled' : 'approved' })));
    render(Calendar, { params: { view: 'month', day: '2026-11-23' } });
    expect(await screen.findByRole('heading', { name: /Tháng.11.năm.2026/ })).toBeVisible();
    const cell = (await screen.findByRole('link', { name: /Họp 1/ })).closest('td')!;
    expect(within(cell).getAllByRole('link').map((one) => one.textContent.trim().replaceAll(/\s+/g, ' '))).toEqual([
      '08:30 Họp 1 (demo) Đã hủy',
      '08:30 Họp 2 (demo)',
      'còn 2 cuộc họp',
    ]);
    expect(within(cell).getByRole('link', { name: 'còn 2 cuộc họp' })).toHaveAttribute('href', '#/calendar/week/2026-11-23');
    expect(await screen.findByText('Ngày nghỉ của cơ quan (demo)')).toBeVisible();
  });
  it('shows a week with everything, and says why when there is none', async () => {
    const get = served([meeting()]);
    const { unmount } = render(Calendar, { params: { view: 'week', day: '2026-11-25' } });
    expect(await screen.findByRole('heading', { name: 'Tuần 23/11/2026 – 29/11/2026' })).toBeVisible();
    expect(await screen.findByRole('link', { name: /Phòng 1/ })).toBeVisible();
    unmount();
    get.mockRejectedValue(new Failure('network'));
    render(Calendar, { params: {} });
    expect(await screen.findByText(new Failure('network').text)).toBeVisible();
  });
});

describe('the address', () => {
  it('is made after a choice, shown once, and taken back', async () => {
    served([]);
    const send = vi.spyOn(session.api, 'send').mockResolvedValue({ url: '/calendar/abc.ics' });
    render(Address, { props: { onclose: () => undefined } });
    await userEvent.click(await screen.findByRole('button', { name: 'Tạo địa chỉ' }));
    expect(screen.getByText('Đồng chí chọn một trong hai.')).toBeVisible();
    expect(send).not.toHaveBeenCalled();
    await userEvent.click(screen.getByLabelText('Chỉ ngày giờ'));
    await userEvent.click(screen.getByRole('button', { name: 'Tạo địa chỉ' }));
    expect(send).toHaveBeenCalledWith('POST', '/api/me/calendar', { titles: false });
    expect(await screen.findByDisplayValue(`${location.origin}/calendar/abc.ics`)).toBeVisible();
  });
  it('says which one is in use', async () => {
    served([], { titles: true, made_at: '2026-11-23T01:30:00.000Z' });
    const send = vi.spyOn(session.api, 'send').mockResolvedValue({});
    render(Address, { props: { onclose: () => undefined } });
    expect(await screen.findByText('Đang dùng một địa chỉ có tên cuộc họp và phòng, tạo lúc 08:30, 23/11/2026.')).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Thu hồi địa chỉ' }));
    expect(send).toHaveBeenCalledWith('DELETE', '/api/me/calendar');
  });
});
