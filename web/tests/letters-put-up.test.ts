import { cleanup, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it, vi } from 'vitest';
import { Failure } from '$lib/failure.ts';
import { useTexts } from '$lib/i18n/texts.svelte.ts';
import Editor from '../src/console/letters/Editor.svelte';
import type { Difference, Wording } from '../src/console/letters/letters.ts';
import { session } from '../src/console/session.svelte.ts';

const wording: Wording = { abstract: 'Họp', body: 'Một', authority: 'VIỆN TRƯỞNG', signer: 'u-1', basis: '', recipients: '', urgency: null, people: false, agenda: false, tasks: false };
const MOVED: Difference = { says: '08 giờ 30', now: '14 giờ 00' };

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

it('N16 a meeting that is moved while the question is open is asked about again, with a box to mean it', async () => {
  await useTexts('common', 'console', 'letters', 'errors-letters');
  let differs: Difference[] = [];
  const sent: unknown[] = [];
  vi.spyOn(session.api, 'get').mockImplementation((path: string) =>
    Promise.resolve(path.endsWith('/pages') ? { pages: [] } : { kind: 'invitation', moves: ['edit', 'put-up'], signer_name: '', revision: 1, wording, differs }) as never,
  );
  vi.spyOn(session.api, 'send').mockImplementation((_method: string, _path: string, body: unknown) => {
    sent.push(body);
    const meant = JSON.stringify((body as { differs?: Difference[] }).differs ?? []) === JSON.stringify(differs);
    return meant ? (Promise.resolve({}) as never) : Promise.reject(new Failure('letter-differs', 409, {}, { ...MOVED }));
  });
  const ended = vi.fn();
  render(Editor, { desk: { isSecretary: true, now: { members: [], agenda: [] } } as never, path: '/l', clerks: [{ person: 'u-2', name: 'Bình (demo)' }], onend: ended });
  await screen.findByLabelText(/Nội dung văn bản/);
  const putUp = (): HTMLElement => screen.getAllByRole('button', { name: 'Trình ký' }).at(-1)!;
  await vi.waitFor(() => expect(putUp()).toBeEnabled());
  await userEvent.click(putUp());
  await screen.findByRole('dialog');
  expect(screen.queryByRole('checkbox', { name: /Đúng ý tôi/ })).toBeNull();
  differs = [MOVED];
  await userEvent.click(putUp());
  const box = await screen.findByRole('checkbox', { name: /Đúng ý tôi/ });
  expect(putUp()).toBeDisabled();
  await userEvent.click(box);
  // Moved once more: what was ticked was another time.
  const again = { ...MOVED, now: '15 giờ 00' };
  differs = [again];
  await userEvent.click(putUp());
  await screen.findByText(/15 giờ 00/);
  expect(box).not.toBeChecked();
  expect(putUp()).toBeDisabled();
  await userEvent.click(box);
  await userEvent.click(putUp());
  await vi.waitFor(() => expect(ended).toHaveBeenCalled());
  expect(sent).toEqual([{ clerk: 'u-2' }, { clerk: 'u-2', differs: [MOVED] }, { clerk: 'u-2', differs: [again] }]);
});
