import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RESTS_AFTER_MS, watchArrow } from '../src/seat/arrow.ts';

const root = document.documentElement;
let stop: () => void;

function does(type: string, pointerType: string): boolean {
  const event = new Event(type, { bubbles: true });
  Object.defineProperty(event, 'pointerType', { value: pointerType });
  document.body.dispatchEvent(event);
  return root.hasAttribute('data-arrow');
}

beforeEach(() => {
  vi.useFakeTimers();
  stop = watchArrow(root);
});
afterEach(() => {
  stop();
  vi.useRealTimers();
});

describe('the arrow of a mouse', () => {
  it('is there while it moves, and gone when it rests', () => {
    expect(root.hasAttribute('data-arrow')).toBe(false);
    expect(does('pointermove', 'mouse')).toBe(true);
    vi.advanceTimersByTime(RESTS_AFTER_MS - 1);
    expect(does('pointermove', 'mouse')).toBe(true);
    vi.advanceTimersByTime(RESTS_AFTER_MS - 1);
    expect(root.hasAttribute('data-arrow')).toBe(true);
    vi.advanceTimersByTime(1);
    expect(root.hasAttribute('data-arrow')).toBe(false);
  });

  it('goes at a touch', () => {
    expect(does('pointermove', 'mouse')).toBe(true);
    expect(does('pointerdown', 'touch')).toBe(false);
    expect(does('pointerdown', 'pen')).toBe(false);
    expect(does('pointerdown', 'mouse')).toBe(true);
  });
});
