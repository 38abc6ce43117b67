import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Pace } from '$lib/pace.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it('says the first at once and of a burst only the last', () => {
  const said: number[] = [];
  const pace = new Pace<number>(300, (page) => said.push(page));
  for (let page = 1; page <= 20; page += 1) pace.push(page);
  expect(said).toEqual([1]);
  vi.advanceTimersByTime(300);
  expect(said).toEqual([1, 20]);
  vi.advanceTimersByTime(1000);
  pace.push(21);
  expect(said).toEqual([1, 20, 21]);
});

it('forgets what waits when it is stopped', () => {
  const said: number[] = [];
  const pace = new Pace<number>(300, (page) => said.push(page));
  pace.push(1);
  pace.push(2);
  pace.stop();
  vi.advanceTimersByTime(1000);
  expect(said).toEqual([1]);
});
