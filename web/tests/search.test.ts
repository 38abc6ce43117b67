import { cleanup, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import Search from '../src/console/search/Search.svelte';
import { type Answer, isEnough, fileOf, pathOf, request, type Result } from '../src/console/search/search.ts';
import { session } from '../src/console/session.svelte.ts';
import { Failure } from '$lib/failure.ts';
import { useTexts } from '$lib/i18n/texts.svelte.ts';

const meeting = { id: 'm-aaaaaaaaaaaaaaaa', title: 'Họp giao ban (demo)', type: 'Giao ban', phase: 'approved', starts_at: '2026-11-23T01:30:00.000Z' };
const result = (more: Partial<Result> = {}): Result => ({
  kind: 'paper',
  meeting,
  ref: 'p-aaaaaaaaaaaaaaaa',
  version: 1,
  page: 3,
  more_pages: 2,
  title: [['Báo cáo', false]],
  excerpt: [
    ['… về ', false],
    ['kiến nghị', true],
    [' sửa đổi', false],
  ],
  ...more,
});
const answer = (...results: Result[]): Answer => ({ total: results.length, waiting: 0, results });

beforeEach(() => useTexts('common', 'console', 'meeting', 'search'));
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

describe('the question', () => {
  it('is an address with what was chosen', () => {
    expect(request({ words: 'số 12/NQ & "a"', kind: '', since: '', until: '' })).toBe('/api/search?q=s%E1%BB%91+12%2FNQ+%26+%22a%22');
    expect(request({ words: 'họp', kind: 'paper', since: '2026-11-01', until: '2026-11-30' }, 20)).toBe(
      '/api/search?q=h%E1%BB%8Dp&kind=paper&from=2026-11-01&to=2026-11-30&offset=20',
    );
  });
  it('needs two letters or figures', () => {
    expect(['', 'a', ' a ', '?!', 'đ1', 'họp', '12'].map(isEnough)).toEqual([false, false, false, false, true, true, true]);
  });
});

it('a result leads to what it is', () => {
  expect(pathOf(result())).toBe('/meetings/m-aaaaaaaaaaaaaaaa/papers/p-aaaaaaaaaaaaaaaa/3');
  expect(pathOf(result({ page: 0 }))).toBe('/meetings/m-aaaaaaaaaaaaaaaa/papers/p-aaaaaaaaaaaaaaaa');
  expect(pathOf(result({ kind: 'item' }))).toBe('/meetings/m-aaaaaaaaaaaaaaaa/agenda');
  expect(pathOf(result({ kind: 'meeting' }))).toBe('/meetings/m-aaaaaaaaaaaaaaaa');
  expect(pathOf(result({ kind: 'conclusion' }))).toBe('/meetings/m-aaaaaaaaaaaaaaaa/agenda');
  expect(pathOf(result({ kind: 'minutes', ref: 'i-a', page: 1 }))).toBe('/meetings/m-aaaaaaaaaaaaaaaa/minutes');
  expect(pathOf(result({ kind: 'remark', ref: 'h-a', page: 1 }))).toBe('/meetings/m-aaaaaaaaaaaaaaaa/before');
  expect(fileOf(result({ kind: 'letter', ref: 'l-a' }))).toBe('/api/meetings/m-aaaaaaaaaaaaaaaa/letters/l-a/file');
  expect(fileOf(result({}))).toBeNull();
});

describe('the page', () => {
  it('finds while one types, and shows where the words stand', async () => {
    const get = vi.spyOn(session.api, 'get').mockResolvedValue(answer(result()));
    render(Search, { params: {} });
    expect(screen.getByText('Tìm cuộc họp, tài liệu, kết luận, biên bản và văn bản')).toBeVisible();
    await userEvent.type(screen.getByLabelText('Từ cần tìm'), 'kien nghi');
    const link = await screen.findByRole('link', { name: /Báo cáo/ });
    expect(link).toHaveAttribute('href', '#/meetings/m-aaaaaaaaaaaaaaaa/papers/p-aaaaaaaaaaaaaaaa/3');
    expect(link).toHaveTextContent('Trang 3: … về kiến nghị sửa đổi');
    expect(link).toHaveTextContent('Họp giao ban (demo) · Giao ban');
    expect(link).toHaveTextContent('còn ở 2 trang khác');
    expect(link.querySelector('mark')).toHaveTextContent('kiến nghị');
    expect(screen.getByText('Có 1 kết quả')).toBeVisible();
    expect(get.mock.calls.at(-1)).toEqual(['/api/search?q=kien+nghi']);
  });
  it('says when nothing is found, when the server still reads, and when it does not answer', async () => {
    const get = vi.spyOn(session.api, 'get').mockResolvedValue({ total: 0, waiting: 4, results: [] });
    render(Search, { params: { words: 'không có' } });
    expect(await screen.findByText('Không tìm thấy')).toBeVisible();
    expect(screen.getByText(/Còn 4 cuộc họp đang được đọc/)).toBeVisible();
    get.mockRejectedValue(new Failure('network'));
    await userEvent.type(screen.getByLabelText('Từ cần tìm'), ' nữa');
    expect(await screen.findByText(new Failure('network').text)).toBeVisible();
  });
  it('shows the rest when it is asked for, nothing twice', async () => {
    const second = result({ ref: 'p-bbbbbbbbbbbbbbbb', title: [['Phụ lục', false]] });
    const get = vi.spyOn(session.api, 'get').mockResolvedValueOnce({ ...answer(result()), total: 2 });
    get.mockResolvedValueOnce({ ...answer(result(), second), total: 2 });
    render(Search, { params: { words: 'họp' } });
    await userEvent.click(await screen.findByRole('button', { name: 'Xem thêm' }));
    expect(await screen.findByRole('link', { name: /Phụ lục/ })).toBeVisible();
    expect(screen.getAllByRole('listitem')).toHaveLength(2);
    expect(get.mock.calls.at(-1)).toEqual(['/api/search?q=h%E1%BB%8Dp&offset=1']);
  });
});
