import { cleanup, render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { useTexts } from '$lib/i18n/texts.svelte.ts';
import Roster from '../src/console/admin/Roster.svelte';
import { csv, type Line } from '../src/console/admin/roster.ts';
import { session } from '../src/console/session.svelte.ts';

vi.mock('../src/lib/live/socket.ts', () => ({
  LiveSocket: class {
    session(): () => void {
      return () => undefined;
    }
    watchLink(): () => void {
      return () => undefined;
    }
  },
}));

const line = (row: number, kind: Line['kind'], name: string, more: Partial<Line> = {}): Line => ({
  row, kind, cells: { name, username: `u${row}`, position: '', unit: 'P9', roles: '' }, faults: [], before: {}, ...more,
});
const wrong = line(3, 'wrong', 'Lê Sai', { faults: [{ column: 'unit', cell: 'D3', code: 'unit-unknown', data: { unit: 'P9' } }] });
const changed = line(4, 'changed', 'Trần Đổi', { before: { position: 'Chuyên viên' } });
const looked = { rows: [line(2, 'new', 'Lê Mới'), wrong, changed], counts: { new: 1, changed: 1, unchanged: 0, wrong: 1 }, seen: 'a'.repeat(64), wrong_file: 'x' };
const taken = { counts: looked.counts, passwords: [{ username: 'u2', name: 'Lê Mới', password: 'abcd-efgh-ijkl-mnop' }] };
let sent: { path: string; key: string; body: Record<string, string> }[];
let answers: (() => Response)[];

describe('a list of accounts', () => {
  beforeEach(async () => {
    await useTexts('common', 'console', 'units', 'roster');
    sent = [];
    answers = [];
    const person = { id: 'u-me', name: 'Quản Trị', position: '', unit: '', roles: ['system_admin'] };
    vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
      if (init.method !== 'POST') return new Response(JSON.stringify({ person, csrf: 'x', idle_s: 900 }), { status: 200 });
      sent.push({ path, key: (init.headers as Record<string, string>)['Idempotency-Key']!, body: JSON.parse(String(init.body)) as Record<string, string> });
      return answers.shift()!();
    });
    await session.start();
    render(Roster, {});
  });
  afterEach(cleanup);
  const ok = (value: object) => (): Response => new Response(JSON.stringify(value), { status: 200 });
  const choose = async (): Promise<void> => {
    answers.push(ok(looked));
    await userEvent.upload(document.querySelector<HTMLInputElement>('input[type=file]')!, new File(['abc'], 'ds.csv'), { applyAccept: false });
    await screen.findByRole('table');
  };

  it('is seen before anything is taken: first what is wrong, in words with its cell', async () => {
    await choose();
    expect(sent.map(({ path, body }) => [path, body])).toEqual([['/api/people/list/look', { file: btoa('abc') }]]);
    expect(screen.getByText(/D3: không có đơn vị “P9”/)).toBeVisible();
    expect(screen.queryByText('Lê Mới')).toBeNull();
    await userEvent.click(screen.getByRole('radio', { name: 'Tất cả (3)' }));
    expect(screen.getByText('Lê Mới')).toBeVisible();
    expect(screen.getByText('Đang là: Chuyên viên')).toBeVisible();
    expect((await axe.run(document.body, { rules: { region: { enabled: false } } })).violations.map(({ id }) => id)).toEqual([]);
  });
  it('is taken once: after an answer that was lost the same act and the same seed ask again', async () => {
    await choose();
    await userEvent.click(screen.getByRole('button', { name: 'Nhập 2 dòng' }));
    const yes = (): HTMLElement => within(screen.getByRole('dialog')).getByRole('button', { name: 'Nhập 2 dòng' });
    answers.push(() => new Response('{"error":{"code":"internal-error","vi":"Lỗi","en":"Fault","data":{}}}', { status: 500 }));
    await userEvent.click(yes());
    await screen.findByRole('alert');
    answers.push(ok(taken));
    await userEvent.click(yes());
    expect(await screen.findByText('abcd-efgh-ijkl-mnop')).toBeVisible();
    const [, one, two] = sent;
    expect(two).toEqual(one);
    expect(atob(one!.body['seed']!)).toHaveLength(32);
    await userEvent.click(screen.getByRole('button', { name: 'Xong' }));
    expect(screen.getByText(/không xem lại được mật khẩu/)).toBeVisible();
  });
  it('leaves nothing in a file that a spreadsheet would compute', () => {
    expect(csv([['=1+1', 'a"b']])).toBe('\ufeff"\'=1+1","a""b"\r\n');
  });
});
