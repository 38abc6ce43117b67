import { cleanup, render, screen } from '@testing-library/svelte';
import { afterEach, expect, it, vi } from 'vitest';
import { useTexts } from '$lib/i18n/texts.svelte.ts';
import RoomTaken from '../src/console/meeting/RoomTaken.svelte';
import { session } from '../src/console/session.svelte.ts';

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

it('says each meeting in the room, also two at one time of which nothing more may be known', async () => {
  await useTexts('common', 'console', 'meeting');
  const other = { title: '', starts_at: '2026-11-23T02:00:00.000Z', planned_minutes: 30 };
  vi.spyOn(session.api, 'get').mockResolvedValue({ meetings: [other, other, { ...other, title: 'Giao ban (demo)' }] });
  render(RoomTaken, { room: 'r-1', starts_at: other.starts_at, minutes: 30 });
  const said = await screen.findAllByRole('listitem');
  expect(said.map((one) => one.textContent?.replaceAll('\u00a0', ' ').includes('09:00–09:30'))).toEqual([true, true, true]);
  expect(said[2]).toHaveTextContent('Giao ban (demo)');
});

it('names the day on which a meeting ends that goes over midnight', async () => {
  await useTexts('common', 'console', 'meeting');
  const late = { title: 'Họp đêm (demo)', starts_at: '2026-12-01T16:30:00.000Z', planned_minutes: 90 };
  vi.spyOn(session.api, 'get').mockResolvedValue({ meetings: [late] });
  render(RoomTaken, { room: 'r-1', starts_at: '2026-12-01T17:15:00.000Z', minutes: 30 });
  expect((await screen.findByRole('listitem')).textContent.replaceAll('\u00a0', ' ')).toMatch(/23:30–01:00 \(02\/12\/2026\)/u);
});
