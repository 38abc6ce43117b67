import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { useTexts } from '$lib/i18n/texts.svelte.ts';
import { Live } from '$lib/live/live.svelte.ts';
import type { LiveSocket } from '$lib/live/socket.ts';
import Pointing from '../src/console/live/Pointing.svelte';
import { Podium } from '../src/console/live/podium.svelte.ts';
import type { MeetingDesk } from '../src/console/meeting/desk.svelte.ts';
import { session } from '../src/console/session.svelte.ts';

const shown = { paper: 'p', version: 1, page: 3 };
const mine = { ...shown, person: 'u-an', name: 'An (demo)' };
const deskOf = (presenting: object | null) =>
  ({ id: 'm-1', now: { presenting, papers: [] }, live: new Live({ open: () => undefined, resync: () => undefined, close: () => undefined }) }) as unknown as MeetingDesk;

beforeEach(async () => {
  await useTexts('common');
  vi.spyOn(session, 'me', 'get').mockReturnValue({ id: 'u-an' } as NonNullable<typeof session.me>);
});
afterEach(cleanup);

it('W110 a pointer that cannot go out now never goes out', async () => {
  const kept = vi.fn();
  const dropped = vi.fn();
  const current = Promise.resolve({ emit: kept, volatile: { emit: dropped } });
  vi.spyOn(session, 'socket', 'get').mockReturnValue({ current } as unknown as LiveSocket);
  const podium = { book: { paper: shown, page: 3 }, pointing: true, presents: true, onPage: true } as unknown as Podium;
  render(Pointing, { desk: deskOf(mine), podium });
  await fireEvent.keyDown(screen.getByRole('application'), { key: 'ArrowUp' });
  await vi.waitFor(() => expect(dropped).toHaveBeenCalledWith('point_at', { meeting: 'm-1', ...shown, x: 5000, y: 4800 }));
  expect(kept).not.toHaveBeenCalled();
});

it('F1 who presents again does not point before asking for it', () => {
  const desk = deskOf(mine);
  const podium = new Podium(desk);
  podium.pointing = true;
  podium.hear(desk.now.presenting);
  expect(podium.pointing).toBe(true);
  desk.now.presenting = null;
  podium.hear(null);
  expect(podium.pointing).toBe(false);
});

it('W124 the console leads once the person has touched the page there, until they turn one at their seat', async () => {
  const told = vi.fn();
  vi.spyOn(session, 'socket', 'get').mockReturnValue({ current: Promise.resolve({ volatile: { emit: told } }) } as unknown as LiveSocket);
  const desk = deskOf(mine);
  const outline = async () => ({ sizes: [], outline: [] });
  Object.assign(desk, { pages: { outline, bitmap: vi.fn() } });
  Object.assign(desk.now, { papers: [{ paper: 'p', title: '', published_version: 1, published_pages: 9 }] });
  const podium = new Podium(desk);
  podium.hear(desk.now.presenting);
  const box = { x: 0, y: 0, w: 10_000, h: 4000 };
  podium.sees(box, false);
  await Promise.resolve();
  expect(told).not.toHaveBeenCalled();
  podium.sees({ ...box, y: 900 }, true);
  await vi.waitFor(() => expect(told).toHaveBeenCalledWith('view_at', { meeting: 'm-1', ...shown, ...box, y: 900 }));
  desk.now.presenting = { ...mine, page: 4, name: '', call: 0 };
  podium.hear(desk.now.presenting);
  const before = told.mock.calls.length;
  podium.sees(box, false);
  await new Promise((done) => setTimeout(done, 300));
  expect(podium.book?.page).toBe(4);
  expect(told).toHaveBeenCalledTimes(before);
  podium.zoomed();
  podium.sees({ ...box, w: 5000 }, false);
  await vi.waitFor(() => expect(told).toHaveBeenLastCalledWith('view_at', { meeting: 'm-1', ...shown, page: 4, ...box, w: 5000 }));
  podium.close();
});
