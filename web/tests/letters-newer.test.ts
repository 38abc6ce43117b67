import { cleanup, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Failure } from '$lib/failure.ts';
import { useTexts } from '$lib/i18n/texts.svelte.ts';
import Editor from '../src/console/letters/Editor.svelte';
import type { Wording } from '../src/console/letters/letters.ts';
import { session } from '../src/console/session.svelte.ts';

const first: Wording = { abstract: 'Họp', body: 'Một', authority: 'VIỆN TRƯỞNG', signer: 'u-1', basis: '', recipients: '', urgency: null, people: false, agenda: false, tasks: false };
const theirs: Wording = { ...first, body: 'Bản của người kia', urgency: 'urgent' };
let now: { revision: number; wording: Wording };
let sent: { revision: number; wording: Wording }[];

beforeEach(async () => {
  await useTexts('common', 'console', 'letters', 'errors-letters');
  now = { revision: 1, wording: first };
  sent = [];
  vi.spyOn(session.api, 'get').mockImplementation((path: string) =>
    Promise.resolve(path.endsWith('/pages') ? { pages: [] } : { kind: 'invitation', moves: ['edit', 'put-up'], signer_name: 'An (demo)', ...now }) as never,
  );
  vi.spyOn(session.api, 'send').mockImplementation((_method: string, _path: string, body: unknown) => {
    const said = body as (typeof sent)[number];
    sent.push(said);
    if (said.revision !== now.revision) return Promise.reject(new Failure('letter-changed', 409, {}, { revision: now.revision }));
    now = { revision: now.revision + 1, wording: said.wording };
    return Promise.resolve({ revision: now.revision }) as never;
  });
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

async function conflict(): Promise<void> {
  render(Editor, { desk: { isSecretary: true, now: { members: [] } } as never, path: '/l', clerks: [], onend: () => undefined });
  await userEvent.type(await screen.findByLabelText(/Nội dung văn bản/), ' hai');
  now = { revision: 2, wording: theirs };
  await userEvent.click(screen.getByRole('button', { name: 'Lưu' }));
  await screen.findByText('Bản của người kia');
}

it('N9 shows the wording that somebody saved meanwhile, and writes over it only when one says so', async () => {
  await conflict();
  expect(screen.getByText(/Có người vừa lưu bản khác/)).toBeInTheDocument();
  await userEvent.click(screen.getByRole('button', { name: 'Lưu' }));
  expect([sent.length, now.wording.body]).toEqual([1, 'Bản của người kia']);
  await userEvent.click(screen.getByRole('button', { name: 'Ghi bản của tôi' }));
  await vi.waitFor(() => expect([now.revision, now.wording.body]).toEqual([3, 'Một hai']));
  await vi.waitFor(() => expect(screen.queryByText('Bản của người kia')).toBeNull());
});

it('N9 takes the wording that somebody saved meanwhile', async () => {
  await conflict();
  await userEvent.click(screen.getByRole('button', { name: 'Lấy bản vừa lưu' }));
  expect(screen.getByLabelText(/Nội dung văn bản/)).toHaveValue('Bản của người kia');
  expect([sent.length, now.revision]).toEqual([1, 2]);
});
