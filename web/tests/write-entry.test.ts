import { cleanup, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it, vi } from 'vitest';
import { Failure } from '$lib/failure.ts';
import { setLanguage, useTexts } from '$lib/i18n/texts.svelte.ts';
import type { Entry } from '../src/console/fleet/upkeep.ts';
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
