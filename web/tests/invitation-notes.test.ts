import { cleanup, render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { useTexts } from '$lib/i18n/texts.svelte.ts';
import Invitation from '../src/console/invitation/Invitation.svelte';
import Outdated from '../src/console/letters/Outdated.svelte';
import { session } from '../src/console/session.svelte.ts';

const sent = { letter: 'l-1', number: '01/GM-VKS', sent_at: '2026-11-20T01:00:00.000Z', asked_at: '2026-11-20T01:00:00.000Z', moved: false, revoked_at: '2026-11-21T01:00:00.000Z', revoked: 'Hoãn' };
const answers: Record<string, object> = {};
const desk = (phase: string) => ({ desk: { id: 'm-1', path: '/m', phase, live: { seq: 1 } } as never });

beforeEach(async () => {
  await useTexts('common', 'invitation', 'letters');
  answers['/m/invitation'] = { sent, timing: null, leads: false, left: [], open: false, mine: null };
  vi.spyOn(session.api, 'get').mockImplementation((path: string) => Promise.resolve(answers[path]) as never);
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

it.each([
  ['approved', /Đồng chí chờ giấy mời mới/],
  ['cancelled', /Cuộc họp đã hủy, đồng chí không phải trả lời/],
] as const)('N17 a revoked invitation says whether another one comes: %s', async (phase, words) => {
  render(Invitation, desk(phase));
  expect(await screen.findByText(words)).toBeInTheDocument();
});

it.each([
  ['02/GM-VKS', /sau khi soạn giấy mời 02\/GM-VKS\. /],
  [null, /sau khi soạn giấy mời\. Giấy mời đó chưa có số/],
] as const)('N16 an invitation to the old time is named by its number, when it has one: %s', async (number, words) => {
  answers['/m/letters'] = { letters: [{ outdated: true, number }], clerks: [] };
  render(Outdated, desk('approved'));
  expect(await screen.findByText(words)).toBeInTheDocument();
});
