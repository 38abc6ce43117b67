import { cleanup, render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { around, isOwn, moved, nameOf, periodOf, textOf } from '../src/console/reports/periods.ts';
import Reports from '../src/console/reports/Reports.svelte';
import { kilograms, type Mine, type Report } from '../src/console/reports/reports.ts';
import { session } from '../src/console/session.svelte.ts';
import { Failure } from '$lib/failure.ts';
import { useTexts } from '$lib/i18n/texts.svelte.ts';

const UNIT = 'o-aaaaaaaaaaaaaaaa';
const PERSON = 'u-aaaaaaaaaaaaaaaa';
const row = { invited: 2, present: 1, late: 0, excused: 1, absent: 0, unsaid: 0, turns: 1, spent_ms: 180_000, unprinted: 4, meetings: 1 };
const report = (more: Partial<Report> = {}): Report => ({
  from: '2026-11-01',
  to: '2026-11-30',
  unit: null,
  exact: false,
  house: true,
  partly: 0,
  pending: 0,
  sums: { ...row, held: 1, on_time: 1, seconds: 3600, speech: 1, votes: 1, by_hands: 1, came_passed: 1, papers: 1, pages: 2, copies: 2, sheets: 200_000 },
  months: [{ month: '2026-11', held: 1 } as unknown as Report['months'][number]],
  units: [{ ...row, id: UNIT, name: 'Vụ 1' } as unknown as Report['units'][number], { ...row, id: null, name: '' } as unknown as Report['units'][number]],
  people: [{ ...row, id: PERSON, name: 'An (demo)', unit: 'Vụ 1' } as unknown as Report['people'][number]],
  ...more,
});
const mine: Mine = { may: true, house: true, units: [{ id: UNIT, name: 'Vụ 1' }] };
function answers(found: unknown, made: unknown = { meetings: [], total: 0 }): void {
  vi.spyOn(session.api, 'get').mockImplementation((path) => {
    if (path === '/api/reports/mine') return Promise.resolve(mine as never);
    const answer = path.startsWith('/api/reports/meetings') ? made : found;
    return answer instanceof Failure ? Promise.reject(answer) : Promise.resolve(answer as never);
  });
}

beforeEach(() => useTexts('common', 'console', 'meeting', 'reports'));
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

describe('a period', () => {
  it('is written in the address and read back', () => {
    for (const text of ['2026-02', '2026-q4', '2024', '2026-11-01_2026-11-15']) expect(textOf(periodOf(text, '2026-11-23'))).toBe(text);
    expect(periodOf('2024-02', '')).toEqual({ kind: 'month', from: '2024-02-01', to: '2024-02-29' });
    expect(periodOf('2026-q4', '')).toEqual({ kind: 'quarter', from: '2026-10-01', to: '2026-12-31' });
    expect(periodOf('2026', '')).toEqual({ kind: 'year', from: '2026-01-01', to: '2026-12-31' });
  });
  it('is this month where the address says nothing that is one', () => {
    for (const text of [undefined, '', '2026-13', '2026-q5', '1999', '2026-11-30_2026-11-01', '2026-02-30_2026-03-01', 'x'])
      expect(periodOf(text, '2026-11-23')).toEqual({ kind: 'month', from: '2026-11-01', to: '2026-11-30' });
  });
  it('is followed by the next one, until the years end', () => {
    expect(textOf(moved(periodOf('2026-12', ''), 1)!)).toBe('2027-01');
    expect(textOf(moved(periodOf('2026-q1', ''), -1)!)).toBe('2025-q4');
    expect(moved(periodOf('2099', ''), 1)).toBeNull();
    expect(moved(periodOf('2026-11-01_2026-11-15', ''), 1)).toBeNull();
    expect(textOf(around('quarter', '2026-11-23'))).toBe('2026-q4');
  });
  it('has a name', () => {
    const names = ['2026-02', '2026-q4', '2026', '2026-11-01_2026-11-15'].map((text) => nameOf(periodOf(text, '')).replaceAll('\u00a0', ' '));
    expect(names).toEqual(['Tháng 02/2026', 'Quý IV/2026', 'Năm 2026', '01/11/2026 – 15/11/2026']);
  });
  it('of one’s own has two days in order', () => {
    expect([isOwn('2026-11-01', '2026-11-01'), isOwn('2026-11-02', '2026-11-01'), isOwn('', '2026-11-01'), isOwn('1999-01-01', '2026-01-01')]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});

it('paper weighs what its size and weight say, never more', () => {
  expect([0, 20, 21, 200_000].map(kilograms)).toEqual([0, 0, 0.1, 998]);
});

describe('the page', () => {
  it('shows figures that lead to what they count, and rows that lead to their unit', async () => {
    answers(report());
    render(Reports, { params: { period: '2026-11' } });
    const attendance = await screen.findByRole('region', { name: 'Tham dự' });
    expect(within(attendance).getByRole('link', { name: /^1\s*Vắng có lý do/ })).toHaveAttribute('href', '#/reports/2026-11/all/excused');
    expect(within(attendance).getByRole('link', { name: 'Vụ 1' })).toHaveAttribute('href', `#/reports/2026-11/${UNIT}.alone`);
    expect(within(attendance).getByRole('link', { name: 'Vụ 1, Vắng có lý do: 1' })).toHaveAttribute('href', `#/reports/2026-11/${UNIT}.alone/excused`);
    expect(within(attendance).getByText('Không thuộc đơn vị nào')).toBeVisible();
    expect(within(attendance).queryByRole('link', { name: /Vắng không lý do/ })).toBeNull();
    expect(screen.getByText(/khoảng 998,0\s+kg giấy/)).toBeVisible();
    const people = screen.getByRole('region', { name: 'Theo người' });
    expect(within(people).getByRole('link', { name: 'An (demo) – Vụ 1, Vắng có lý do: 1' })).toHaveAttribute('href', `#/reports/2026-11/all/excused/${PERSON}`);
    expect(screen.getByRole('link', { name: 'Excel' })).toHaveAttribute('href', '/api/reports/report.xlsx?from=2026-11-01&to=2026-11-30');
  });
  it('counts a unit without those below it where a row led to it, and leads to it with them', async () => {
    answers(report({ unit: { id: UNIT, name: 'Vụ 1' }, exact: true }));
    render(Reports, { params: { period: '2026-11', unit: `${UNIT}.alone` } });
    expect(await screen.findByText(/Chỉ tính người của Vụ 1, không tính đơn vị cấp dưới/)).toBeVisible();
    expect(session.api.get).toHaveBeenCalledWith(`/api/reports?from=2026-11-01&to=2026-11-30&unit=${UNIT}&exact=1`);
    expect(screen.getByRole('link', { name: 'Tính cả đơn vị cấp dưới' })).toHaveAttribute('href', `#/reports/2026-11/${UNIT}`);
    expect(screen.getByRole('link', { name: /^1\s*Vắng có lý do/ })).toHaveAttribute('href', `#/reports/2026-11/${UNIT}.alone/excused`);
    expect(screen.getByRole('link', { name: 'Excel' })).toHaveAttribute('href', `/api/reports/report.xlsx?from=2026-11-01&to=2026-11-30&unit=${UNIT}&exact=1`);
    expect(within(screen.getByRole('region', { name: 'Tham dự' })).queryByRole('link', { name: 'Vụ 1' })).toBeNull();
  });
  it('says what is missing, and what it counts for whom', async () => {
    answers(report({ house: false, partly: 3, pending: 7 }));
    render(Reports, { params: { period: '2026-11' } });
    expect(await screen.findByText(/Còn 7\s+cuộc họp chưa được tính/)).toBeVisible();
    expect(screen.getByText(/Trong 3\s+cuộc họp chỉ tính người của đơn vị/)).toBeVisible();
  });
  it('is empty in words, and never shows the figures of another period', async () => {
    answers(report({ sums: {}, months: [], units: [], people: [] }));
    render(Reports, { params: { period: '2026-11' } });
    expect(await screen.findByText('Không có cuộc họp nào trong kỳ này')).toBeVisible();
    cleanup();
    answers(report());
    render(Reports, { params: { period: '2026-10' } });
    await vi.waitFor(() => expect(session.api.get).toHaveBeenCalledWith('/api/reports?from=2026-10-01&to=2026-10-31'));
    expect(screen.queryByRole('region', { name: 'Tham dự' })).toBeNull();
  });
  it('says why there is none, and asks again', async () => {
    answers(new Failure('network'));
    render(Reports, { params: { period: '2026-11' } });
    expect(await screen.findByRole('button', { name: 'Thử lại' })).toBeVisible();
    answers(report());
    await userEvent.click(screen.getByRole('button', { name: 'Thử lại' }));
    expect(await screen.findByRole('region', { name: 'Tham dự' })).toBeVisible();
  });
  it('shows the meetings of a figure, by name where one may see them', async () => {
    const meeting = { id: 'm-aaaaaaaaaaaaaaaa', title: 'Giao ban (demo)', starts_at: '2026-11-23T01:30:00.000Z', phase: 'closed', n: 2 };
    answers(report(), { meetings: [meeting, { ...meeting, id: null, title: null, n: 1 }], total: 3 });
    render(Reports, { params: { period: '2026-11', unit: UNIT, of: 'excused', person: PERSON } });
    expect(await screen.findByRole('heading', { name: 'Vắng có lý do: 3' })).toBeVisible();
    expect(screen.getByRole('link', { name: /Giao ban/ })).toHaveAttribute('href', '#/meetings/m-aaaaaaaaaaaaaaaa');
    expect(screen.getByText('Cuộc họp đồng chí không dự')).toBeVisible();
    expect(session.api.get).toHaveBeenCalledWith(`/api/reports/meetings?from=2026-11-01&to=2026-11-30&unit=${UNIT}&of=excused&person=${PERSON}`);
  });
});
