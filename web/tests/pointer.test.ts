import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import PointLayer from '../src/lib/presenting/PointLayer.svelte';
import { Hand, Pointer, SHOWN_MS } from '../src/lib/presenting/pointer.svelte.ts';
import { useTexts } from '$lib/i18n/texts.svelte.ts';

beforeEach(async () => {
  await useTexts('common');
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  cleanup();
});

const told = { paper: 'p', version: 1, page: 3, x: 5000, y: 2500 };

describe("W110 the presenter's pointer", () => {
  it('is on its page alone, and gone a moment after the last', () => {
    const pointer = new Pointer();
    pointer.hear(told);
    expect(pointer.at('p', 1, 3)).toEqual({ x: 0.5, y: 0.25 });
    expect(pointer.at('p', 1, 4)).toBeNull();
    expect(pointer.at('p', 2, 3)).toBeNull();
    vi.advanceTimersByTime(SHOWN_MS - 1);
    pointer.hear({ ...told, x: 0 });
    vi.advanceTimersByTime(SHOWN_MS - 1);
    expect(pointer.at('p', 1, 3)).toEqual({ x: 0, y: 0.25 });
    vi.advanceTimersByTime(1);
    expect(pointer.at('p', 1, 3)).toBeNull();
  });

  it('is told ten times a second at most, and the last place always', () => {
    const tell = vi.fn();
    const hand = new Hand(tell);
    for (let at = 0; at <= 100; at += 1) {
      hand.move(at / 100, 0.5);
      vi.advanceTimersByTime(10);
    }
    vi.advanceTimersByTime(300);
    expect(tell.mock.calls.length).toBeLessThanOrEqual(12);
    expect(tell.mock.lastCall).toEqual([{ x: 10_000, y: 5000 }]);
  });

  it('is nowhere beside the page', () => {
    const tell = vi.fn();
    const hand = new Hand(tell);
    for (const [x, y] of [[-0.1, 0.5], [1.1, 0.5], [0.5, -1], [0.5, 2]] as const) hand.move(x, y);
    expect(tell).not.toHaveBeenCalled();
  });

  it('is moved by keys as well', async () => {
    const tell = vi.fn();
    render(PointLayer, { tell });
    const layer = screen.getByRole('application', { name: /Chỉ trên trang/ });
    await fireEvent.keyDown(layer, { key: 'ArrowRight' });
    expect(tell).toHaveBeenCalledWith({ x: 5200, y: 5000 });
    expect(layer.querySelector('i')).not.toBeNull();
  });
});
