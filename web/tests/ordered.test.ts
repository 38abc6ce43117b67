import { cleanup, render, screen } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { useTexts } from '$lib/i18n/texts.svelte.ts';
import { PAINTED_EVERY_MS, tellPainting } from '../src/seat/painting.ts';
import Ordered from '../src/seat/Ordered.svelte';
import type { Seat } from '../src/seat/seat.svelte.ts';

const ONE = 'a-one';
const seen: string[] = [];

function seat(shown: object | null, votes: unknown[] = []): Seat {
  const now = { orders: { shown, loads: 0 }, seat: { label: 'A3', room_name: 'Phòng họp 1' }, votes };
  return { now, sawOrder: (order: string) => Promise.resolve(seen.push(order)) } as unknown as Seat;
}

beforeEach(async () => {
  seen.length = 0;
  await useTexts('common', 'seat');
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

it('shows the name of the seat without taking the focus, and is closed once', async () => {
  render(Ordered, { seat: seat({ order: ONE, kind: 'identify', text: '' }) });
  expect(screen.getByText('A3')).toBeTruthy();
  expect(document.activeElement).toBe(document.body);
  expect(screen.queryByRole('dialog')).toBeNull();
  await userEvent.click(screen.getByRole('button', { name: 'Đã rõ' }));
  expect(screen.queryByText('A3')).toBeNull();
  expect(seen).toEqual([ONE]);
});

it('lies over no ballot, and leaves words where they can be read beside it', () => {
  const open = { vote: 'v-1', state: 'open', kind: 'open' };
  render(Ordered, { seat: seat({ order: ONE, kind: 'identify', text: '' }, [open]) });
  expect(screen.queryByText('A3')).toBeNull();
  cleanup();
  render(Ordered, { seat: seat({ order: ONE, kind: 'say', text: 'Xin chờ' }, [open]) });
  expect(screen.getByText('Xin chờ')).toBeTruthy();
  expect(seen).toEqual([]);
});

it('says that it painted from within a frame, and waits for one frame at a time', () => {
  vi.useFakeTimers();
  const frames: FrameRequestCallback[] = [];
  vi.stubGlobal('requestAnimationFrame', (frame: FrameRequestCallback) => frames.push(frame));
  vi.stubGlobal('cancelAnimationFrame', () => undefined);
  let said = 0;
  const stop = tellPainting(() => Promise.reject(new Error(String(++said))));
  vi.advanceTimersByTime(3 * PAINTED_EVERY_MS);
  expect([frames.length, said]).toEqual([1, 0]);
  frames[0]!(0);
  expect(said).toBe(1);
  vi.advanceTimersByTime(PAINTED_EVERY_MS);
  expect(frames.length).toBe(2);
  stop();
  vi.unstubAllGlobals();
});
