import { cleanup, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it, vi } from 'vitest';
import { Failure } from '$lib/failure.ts';
import { setLanguage, useTexts } from '$lib/i18n/texts.svelte.ts';
import type { Entry, Terminal } from '../src/console/fleet/upkeep.ts';
import WriteEntry from '../src/console/fleet/WriteEntry.svelte';
import { session } from '../src/console/session.svelte.ts';

const entry: Entry = {
  number: 7, device: 'd-1', serial: 'PH-1', seat_label: 'A1', room_name: 'Lớn', kind: 'upkeep', day: '2026-11-20', found: 'Định kỳ', done: 'Lau',
  by_whom: '', cost: 0, closed_on: '2026-11-20', open: false, at: '2026-11-20T02:00:00Z', by_name: 'IT', source: '', revision: 1,
};

afterEach(async () => {
  cleanup();
  vi.restoreAllMocks();
  await setLanguage('vi');
});

/** A dialog that corrects ``more``; what was sent under which key, answered once the network is there. */
function correcting(more: Partial<Entry>): { sent: { body: Record<string, unknown>; key: string | undefined }[]; ondone: ReturnType<typeof vi.fn> } {
  const sent: { body: Record<string, unknown>; key: string | undefined }[] = [];
  const ondone = vi.fn();
  vi.spyOn(session.api, 'send').mockImplementation((_method: string, _path: string, body: unknown, key?: string) => {
    sent.push({ body: body as Record<string, unknown>, key });
    return sent.length < 3 ? Promise.reject(new Failure('network', 0, {})) : (Promise.resolve({ revision: 2 }) as never);
  });
  render(WriteEntry, { open: true, mode: 'correct', today: '2026-11-23', entry: { ...entry, ...more }, ondone });
  return { sent, ondone };
}
const yes = (): HTMLElement => screen.getByRole('button', { name: 'Sửa dòng này' });

it('D4 the same words are the same act until they are answered, other words another; nothing is no cost of 0', async () => {
  await useTexts('common', 'console', 'upkeep');
  const { sent, ondone } = correcting({});
  await userEvent.type(screen.getByLabelText('Lý do sửa'), 'nhầm');
  await userEvent.click(yes());
  await vi.waitFor(() => expect(yes()).toBeEnabled());
  await userEvent.click(yes());
  await vi.waitFor(() => expect(yes()).toBeEnabled());
  await userEvent.type(screen.getByLabelText('Lý do sửa'), ' ngày');
  await userEvent.click(yes());
  await vi.waitFor(() => expect(ondone).toHaveBeenCalled());
  expect(sent.map(({ body }) => [body['cost'], body['reason']])).toEqual([[0, 'nhầm'], [0, 'nhầm'], [0, 'nhầm ngày']]);
  expect(sent[0]!.key).toBe(sent[1]!.key);
  expect(sent[2]!.key).not.toBe(sent[1]!.key);
});

it('D4 in English a cost does not stand in its own way, and a swap says what it was', async () => {
  await useTexts('common', 'console', 'upkeep');
  await setLanguage('en');
  correcting({ cost: 1_250_000, found: '', source: 'replaced:d-9' });
  expect(screen.getByLabelText('Cost (VND)')).toHaveValue('1250000');
  expect(screen.getByLabelText('What was found')).toHaveValue('Replaced');
  await userEvent.type(screen.getByLabelText(/^Reason/), 'x');
  expect(screen.getByRole('button', { name: 'Correct it' })).toBeEnabled();
});

const terminals: Terminal[] = ['A1', 'A2'].map((label, at) => ({ device: `d-${at}`, serial: `PH-${at}`, seat_label: label, room: 'r-1', room_name: 'Lớn' }));

/** A dialog for something new; what was sent. */
function writing(props: object): { sent: Record<string, unknown>[]; ondone: ReturnType<typeof vi.fn> } {
  const sent: Record<string, unknown>[] = [];
  const ondone = vi.fn();
  vi.spyOn(session.api, 'send').mockImplementation((_method: string, _path: string, body: unknown) => {
    sent.push(body as Record<string, unknown>);
    return Promise.resolve({ numbers: [8, 9] }) as never;
  });
  render(WriteEntry, { open: true, mode: 'new', today: '2026-11-23', ondone, ...props });
  return { sent, ondone };
}

it('D4 of maintenance is asked what was done and nothing of symptoms, for each terminal that is left in the list', async () => {
  await useTexts('common', 'console', 'upkeep');
  const { sent, ondone } = writing({ of: terminals, kind: 'upkeep', words: 'Lau màn hình' });
  expect(screen.getByRole('heading', { name: 'Đã bảo trì ở Lớn' })).toBeInTheDocument();
  expect(screen.queryByLabelText('Tình trạng, hiện tượng')).toBeNull();
  expect(screen.getByLabelText('Nội dung bảo trì đã làm')).toHaveValue('Lau màn hình');
  expect(screen.getByLabelText('Chi phí của mỗi thiết bị (đồng)')).toBeInTheDocument();
  await userEvent.click(screen.getByRole('checkbox', { name: /^A1/ }));
  await userEvent.click(screen.getByRole('checkbox', { name: /^A1/ }));
  await userEvent.click(screen.getByRole('checkbox', { name: /^A2/ }));
  await userEvent.click(screen.getByRole('button', { name: 'Ghi' }));
  await vi.waitFor(() => expect(ondone).toHaveBeenCalledWith([8, 9]));
  expect(sent).toEqual([{ devices: ['d-0'], kind: 'upkeep', day: '2026-11-23', found: '', done: 'Lau màn hình', by_whom: '' }]);
});

it('D4 a fault told at a seat is shown before it is written, and what stands there in other words is shown beside it', async () => {
  await useTexts('common', 'console', 'upkeep');
  const { ondone } = writing({ of: terminals.slice(0, 1), words: 'Màn hình sọc', on: '2026-11-20', feedback: 7 });
  expect(screen.getByText('A1 – Lớn · PH-0')).toBeInTheDocument();
  expect(screen.getByLabelText('Tình trạng, hiện tượng')).toHaveValue('Màn hình sọc');
  const told = new Failure('upkeep-told', 409, { vi: 'Đã ghi rồi' }, { n: 7, entry: { ...entry, kind: 'fault', found: 'Sọc ngang' } });
  const send = vi.spyOn(session.api, 'send').mockRejectedValue(told);
  await userEvent.click(screen.getByRole('button', { name: 'Ghi' }));
  expect(await screen.findByText(/Sọc ngang/)).toBeInTheDocument();
  expect(send.mock.calls[0]![2]).toMatchObject({ devices: ['d-0'], day: '2026-11-20', feedback: 7 });
  expect(ondone).not.toHaveBeenCalled();
});

it('D4 what was typed of a fault is not hidden when it turns out to be maintenance', async () => {
  await useTexts('common', 'console', 'upkeep');
  writing({ terminals, chosen: 'd-0' });
  await userEvent.type(screen.getByLabelText('Tình trạng, hiện tượng'), 'Bám bụi');
  await userEvent.selectOptions(screen.getByLabelText('Loại việc'), 'upkeep');
  expect(screen.getByLabelText('Tình trạng, hiện tượng')).toHaveValue('Bám bụi');
  expect(screen.getByRole('button', { name: 'Ghi' })).toBeEnabled();
});
