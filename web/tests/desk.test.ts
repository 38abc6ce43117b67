import { flushSync } from 'svelte';
import { describe, expect, it, vi } from 'vitest';
import { Desk } from '../src/seat/desk.svelte.ts';
import type { Seat } from '../src/seat/seat.svelte.ts';

const paper = { paper: 'p-1', title: 'Báo cáo (demo)', item: 'i-1', state: 'published', published_version: 2, pages: 9 };
const presenting = { paper: 'p-9', version: 1, page: 4, person: 'u-9', name: 'Lê Văn Bình (demo)', call: 1 };

function seat(front: object | null, more: object = {}): Seat {
  const now = { front, papers: [paper], holding: { 'p-1.2': { have: 1, chunks: 1, ready: true } }, person: { id: 'u-1' }, agenda: [], ...more };
  const outline = async () => ({ sizes: [], outline: [] });
  return { now, pages: { bitmap: vi.fn(), outline, prepare: vi.fn() }, ask: vi.fn(), waits: () => false } as unknown as Seat;
}

describe('what lies in front at a seat', () => {
  it('is the page that lay in front before the lock, or at the seat before', () => {
    const desk = new Desk(seat({ paper: 'p-1', version: 2, page: 7, follows: true, call: 0 }));
    expect(desk.book?.page).toBe(7);
    expect(desk.front).toEqual({ paper: 'p-1', version: 2, page: 7, follows: true, call: 0 });
    desk.book!.turnTo(8);
    desk.turned(8);
    flushSync();
    expect(desk.front.page).toBe(8);
    desk.list();
    expect(desk.front).toEqual({ follows: true, call: 0 });
  });

  it('stays with a view of their own while others follow, also after a call heard at the seat before', () => {
    const desk = new Desk(seat({ paper: 'p-1', version: 2, page: 7, follows: false, call: 1 }, { presenting }));
    desk.hear(presenting);
    expect([desk.following.on, desk.front.page]).toEqual([false, 7]);
    desk.hear({ ...presenting, call: 2 });
    expect(desk.front).toEqual({ follows: true, call: 2 });
  });

  it('goes where the presenter is when it followed, and says no page of its own', () => {
    const desk = new Desk(seat({ follows: true, call: 1 }, { presenting }));
    desk.hear(presenting);
    expect(desk.front).toEqual({ follows: true, call: 1 });
    expect(desk.held).toBeUndefined();
  });

  it('F1 follows the pages that its person turns at the console, and never goes back to one turned before here', () => {
    vi.useFakeTimers();
    const own = { ...presenting, paper: 'p-1', version: 2, page: 4, person: 'u-1' };
    const made = seat({ paper: 'p-1', version: 2, page: 4, follows: true, call: 1 }, { presenting: own });
    const desk = new Desk(made);
    const turned = (page: number) => {
      Object.assign(made.now, { presenting: { ...own, page } });
      desk.hear({ ...own, page });
      return desk.book?.page;
    };
    expect(turned(5)).toBe(5);
    desk.book!.turnTo(6);
    desk.turned(6);
    desk.book!.turnTo(7);
    desk.turned(7);
    expect([turned(5), turned(6)]).toEqual([7, 7]);
    vi.advanceTimersByTime(5000);
    made.waits = () => true;
    expect(turned(6)).toBe(7);
    made.waits = () => false;
    expect([turned(7), turned(8)]).toEqual([7, 8]);
    vi.useRealTimers();
  });

  it('waits for a paper that is not there yet', () => {
    const made = seat({ paper: 'p-1', version: 2, page: 7, follows: true, call: 0 }, { papers: [], holding: {} });
    const desk = new Desk(made);
    expect(desk.book).toBeNull();
    Object.assign(made.now, { papers: [paper], holding: { 'p-1.2': { have: 1, chunks: 1, ready: true } } });
    desk.settle();
    expect(desk.book?.page).toBe(7);
  });
});
