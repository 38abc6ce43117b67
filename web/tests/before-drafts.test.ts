/** What is typed before a meeting is lost by nothing but its author (W142). */
import { cleanup, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { useTexts } from '$lib/i18n/texts.svelte.ts';
import type { Remark } from '../src/console/before/before.ts';
import { Drafts } from '../src/console/before/drafts.svelte.ts';
import RemarkDialog from '../src/console/before/RemarkDialog.svelte';
import RemarkRow from '../src/console/before/RemarkRow.svelte';
import AskDialog from '../src/console/before/AskDialog.svelte';
import { Fetched } from '../src/console/fetched.svelte.ts';
import { session } from '../src/console/session.svelte.ts';

const AT = '2026-11-23T02:00:00.000Z';
const answer = (text: string) => ({ text, person: 'u-9', name: 'Phòng 7 (demo)', at: AT });
const remark = (more: Partial<Remark> = {}): Remark => ({
  remark: 'h-1', item: 'i-1', item_number: '1', item_title: 'Một', paper: null, paper_title: '', page: 0, kind: 'question', readers: 'all',
  text: 'Số liệu?', person: 'u-1', name: 'Đồng chí 1 (demo)', position: '', unit: '', written_at: AT, changed_at: null, revision: 2,
  answer: answer('Bản một'), mine: false, may_change: false, may_answer: true, ...more,
});
const box = (): HTMLElement => screen.getByRole('textbox');
const press = (name: string | RegExp): Promise<void> => userEvent.click(screen.getByRole('button', { name }));

beforeEach(() => useTexts('common', 'before'));
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

it('an answer that was typed on keeps the revision it was typed on', async () => {
  const send = vi.spyOn(session.api, 'send').mockResolvedValue({});
  const shared = { meeting: 'm-1', drafts: new Drafts(), ondone: () => undefined };
  const { rerender } = render(RemarkRow, { ...shared, remark: remark() });
  await press(/Sửa câu trả lời/);
  await userEvent.type(box(), ' thêm');
  await press('Quay lại');
  await rerender({ remark: remark({ revision: 3, answer: answer('Bản hai') }) });
  await press(/Sửa câu trả lời/);
  expect(box()).toHaveValue('Bản một thêm');
  await press('Gửi câu trả lời');
  expect(send.mock.calls[0]![2]).toEqual({ text: 'Bản một thêm', revision: 2 });
});

it('an answer that was not touched begins anew with what is there now', async () => {
  const { rerender } = render(RemarkRow, { meeting: 'm-1', drafts: new Drafts(), ondone: () => undefined, remark: remark() });
  await press(/Sửa câu trả lời/);
  await press('Quay lại');
  await rerender({ remark: remark({ revision: 3, answer: answer('Bản hai') }) });
  await press(/Sửa câu trả lời/);
  expect(box()).toHaveValue('Bản hai');
});

it('a remark that went while it was answered stays with the words of who answers, and without its own', async () => {
  const drafts = new Drafts();
  const { rerender } = render(RemarkRow, { meeting: 'm-1', drafts, ondone: () => undefined, remark: remark({ answer: null }) });
  await press(/Trả lời/);
  expect(drafts.kept([])).toEqual([]);
  await userEvent.type(box(), 'Từ báo cáo quý');
  expect(drafts.kept([]).map((one) => one.remark)).toEqual(['h-1']);
  await rerender({ gone: true });
  expect(box()).toHaveValue('Từ báo cáo quý');
  expect(screen.getByText(/vừa được rút/)).toBeVisible();
  expect(screen.queryByText('Số liệu?')).toBeNull();
  await press('Bỏ phần đã viết');
  expect(drafts.kept([])).toEqual([]);
});

it('a remark or a request that is left half written is there when it is opened again', async () => {
  const shared = { path: '/api/meetings/m-1', drafts: new Drafts(), item: { item: 'i-1', number: '1', title: 'Một' }, onend: () => undefined };
  for (const [what, ways] of [[RemarkDialog, { papers: [] }], [AskDialog, {}]] as const) {
    const first = render(what as typeof RemarkDialog, { ...shared, ...(ways as { papers: [] }) });
    await userEvent.type(screen.getAllByRole('textbox')[0]!, 'Nên ghi nguồn');
    await press('Đóng');
    first.unmount();
    render(what as typeof RemarkDialog, { ...shared, ...(ways as { papers: [] }) });
    expect(screen.getAllByRole('textbox')[0]).toHaveValue('Nên ghi nguồn');
    cleanup();
  }
});

it('however often a page is to be fetched anew, one question is on its way and one follows', async () => {
  const answers: (() => void)[] = [];
  const ask = vi.fn(() => new Promise<number>((done) => answers.push(() => done(answers.length))));
  const found = new Fetched(ask);
  const all = Promise.all([1, 2, 3, 4].map(() => found.refresh()));
  expect(ask).toHaveBeenCalledTimes(1);
  answers[0]!();
  await vi.waitFor(() => expect(ask).toHaveBeenCalledTimes(2));
  answers[1]!();
  await all;
  await vi.waitFor(() => expect(found.value).toBe(2));
  expect(ask).toHaveBeenCalledTimes(2);
});
