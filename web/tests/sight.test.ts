import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Live } from '$lib/live/live.svelte.ts';
import { type Part, SCALE, seen } from '$lib/presenting/part.ts';
import { Sight } from '$lib/presenting/sight.ts';
import type { Book } from '$lib/reader/book.svelte.ts';
import { type Size, scaleOf } from '$lib/reader/zoom.ts';

const part: Part = { paper: 'p', version: 1, page: 3, x: 2500, y: 1000, w: 5000, h: 3000 };
const bookOf = (page = 3) => ({ paper: { paper: 'p', version: 1 }, page, lookAt: vi.fn(), stay: vi.fn() });
const asBook = (book: object): Book => book as unknown as Book;

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('W124 what is seen of a page', () => {
  const page = { left: 8, top: 8, width: 800, height: 1000 };

  it('is whole ten-thousandths within the page', () => {
    expect(seen(page, { left: 8, top: 8, width: 800, height: 500 })).toEqual({ x: 0, y: 0, w: SCALE, h: 5000 });
    expect(seen(page, { left: 208, top: 258, width: 400, height: 300 })).toEqual({ x: 2500, y: 2500, w: 5000, h: 3000 });
    expect(seen(page, { left: -200, top: 758, width: 1200, height: 500 })).toEqual({ x: 0, y: 7500, w: SCALE, h: 2500 });
  });

  it('is nothing of a page that is out of sight or has no size yet', () => {
    expect(seen(page, { left: 8, top: 1004, width: 800, height: 500 })).toBeNull();
    expect(seen({ ...page, width: 0, height: 0 }, { left: 0, top: 0, width: 0, height: 0 })).toBeNull();
  });
});

describe('W124 telling it', () => {
  const tells = () => {
    const say = vi.fn();
    const sight = new Sight(say);
    const look = (box: Partial<Part>, leads = true, page = 3) => {
      const { x, y, w, h } = { ...part, ...box };
      sight.touched();
      sight.sees({ x, y, w, h }, page);
      sight.look({ book: asBook(bookOf()), view: null, presents: leads, leads, follows: false, words: () => 0 });
    };
    return { say, sight, look };
  };

  it('is at most four times a second, the newest last, and nothing where nothing moved', () => {
    const { say, look } = tells();
    for (let y = 0; y < 100; y += 1) {
      look({ y });
      look({ y });
      vi.advanceTimersByTime(10);
    }
    vi.advanceTimersByTime(300);
    expect(say.mock.calls.length).toBeLessThanOrEqual(6);
    expect(say.mock.lastCall).toEqual([{ ...part, y: 99 }]);
  });

  it('is said again for who missed it, also that it is the whole width again', () => {
    const { say, look } = tells();
    look({});
    vi.advanceTimersByTime(60_000);
    expect(say.mock.calls.length).toBeGreaterThan(10);
    look({ x: 0, y: 0, w: SCALE });
    say.mockClear();
    vi.advanceTimersByTime(60_000);
    expect(say.mock.calls.length).toBeGreaterThan(10);
    expect(say.mock.lastCall).toEqual([{ ...part, x: 0, y: 0, w: SCALE }]);
  });

  it('ends with the presenting, and is never of another page', () => {
    const { say, look } = tells();
    look({}, true, 2);
    look({}, false);
    expect(say).not.toHaveBeenCalled();
    look({});
    look({}, false);
    say.mockClear();
    vi.advanceTimersByTime(60_000);
    expect(say).not.toHaveBeenCalled();
    look({});
    expect(say).toHaveBeenCalledOnce();
  });
});

/** Both show the presented page; each hears what either says, a little later, and the same said again is no change. */
function pair() {
  const said: Part[] = [];
  const screens = [0, 1].map((at) => {
    const book = bookOf();
    const sight = new Sight((told) => {
      said.push(told);
      for (const each of screens) setTimeout(() => each.hear({ ...told }), 30);
    }, 6000 + 700 * at);
    let view: Part | null = null;
    let words = 0;
    const look = () => sight.look({ book: asBook(book), view, presents: true, leads: true, follows: false, words: () => words });
    const hear = (told: Part) => {
      words += 1;
      if (JSON.stringify(told) === JSON.stringify(view)) return;
      view = told;
      look();
    };
    const lies = (y: number) => sight.sees({ x: 0, y, w: SCALE, h: 3000 }, 3);
    const scroll = (y: number) => {
      lies(y);
      sight.touched();
      look();
    };
    lies(at * 500);
    look();
    return { book, sight, hear, scroll };
  });
  return { said, screens };
}

describe('W124 two screens of one presenter', () => {
  it('never throw followers to and fro: the one touched last leads, the other is shown it', () => {
    const { said, screens } = pair();
    screens[0]!.scroll(1000);
    vi.advanceTimersByTime(30_000);
    expect(new Set(said.map(({ y }) => y))).toEqual(new Set([1000]));
    expect(screens[1]!.book.lookAt).toHaveBeenLastCalledWith(expect.objectContaining({ y: 1000 }));
    expect(screens[0]!.book.lookAt).not.toHaveBeenCalled();
    said.length = 0;
    screens[1]!.scroll(4000);
    vi.advanceTimersByTime(30_000);
    expect(new Set(said.map(({ y }) => y))).toEqual(new Set([4000]));
    expect(screens[0]!.book.lookAt).toHaveBeenLastCalledWith(expect.objectContaining({ y: 4000 }));
  });

  it('take turns at the very same place, and what comes back late is not taken for the other', () => {
    const { said, screens } = pair();
    for (const y of [1000, 1200, 1400, 1000]) {
      screens[0]!.scroll(y);
      vi.advanceTimersByTime(260);
    }
    expect(screens[0]!.book.lookAt).not.toHaveBeenCalled();
    screens[1]!.scroll(1200);
    vi.advanceTimersByTime(20_000);
    screens[0]!.scroll(2000);
    vi.advanceTimersByTime(1000);
    said.length = 0;
    vi.advanceTimersByTime(30_000);
    expect(new Set(said.map(({ y }) => y))).toEqual(new Set([2000]));
  });

  it('lead by themselves where nobody does, as after a reload, one at most', () => {
    const say = vi.fn();
    const alone = new Sight(say, 6000);
    alone.sees({ x: 0, y: 700, w: SCALE, h: 3000 }, 3);
    alone.look({ book: asBook(bookOf()), view: null, presents: true, leads: true, follows: false, words: () => 0 });
    vi.advanceTimersByTime(5_500);
    expect(say).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1_000);
    expect(say).toHaveBeenCalledWith(expect.objectContaining({ y: 700 }));
    const { said } = pair();
    vi.advanceTimersByTime(60_000);
    expect(said.length).toBeLessThanOrEqual(15);
    expect(new Set(said.map(({ y }) => y)).size).toBe(1);
  });
});

describe('W124 nobody leads for long', () => {
  it('not even after both were touched at the same moment and each yielded to the other', () => {
    const { said, screens } = pair();
    screens[0]!.scroll(1000);
    screens[1]!.scroll(4000);
    vi.advanceTimersByTime(3000);
    said.length = 0;
    vi.advanceTimersByTime(20_000);
    expect(said.length).toBeGreaterThan(1);
    said.length = 0;
    vi.advanceTimersByTime(30_000);
    expect(new Set(said.map(({ y }) => y)).size).toBe(1);
  });
});

describe('W125 following it', () => {
  it('is for who follows, on the page it is of', () => {
    const sight = new Sight(vi.fn());
    const [here, elsewhere, own] = [bookOf(), bookOf(4), bookOf()];
    const told = { view: part, presents: false, leads: false, words: () => 1 };
    sight.look({ ...told, book: asBook(here), follows: true });
    sight.look({ ...told, book: asBook(elsewhere), follows: true });
    sight.look({ ...told, book: asBook(own), follows: false });
    expect(here.lookAt).toHaveBeenCalledExactlyOnceWith(part);
    expect(here.stay).not.toHaveBeenCalled();
    expect([elsewhere.lookAt, elsewhere.stay, own.lookAt].map((each) => each.mock.calls.length)).toEqual([0, 0, 0]);
    expect(own.stay).toHaveBeenCalledOnce();
  });

  it('told again it moves nothing: who scrolled stays there', () => {
    const live = new Live({ open: () => undefined, resync: () => undefined, close: () => undefined });
    live.viewed({ ...part });
    const first = live.view;
    live.viewed({ ...part });
    expect(live.view).toBe(first);
    live.viewed({ ...part, y: 1001 });
    expect(live.view?.y).toBe(1001);
  });

  it('is forgotten when another page is presented or none, and when everything is asked for again', () => {
    const live = new Live<{ presenting: object | null }>({ open: () => undefined, resync: () => undefined, close: () => undefined });
    live.snapshot(1, {});
    const turn = (presenting: object | null) => live.patch({ base: live.seq, seq: live.seq + 1, sections: { presenting } });
    live.viewed({ ...part });
    turn({ paper: 'p', version: 1, page: 3, call: 1 });
    expect(live.view).toEqual(part);
    // The next page's may come before the word that it is presented.
    live.viewed({ ...part, page: 4 });
    turn({ paper: 'p', version: 1, page: 4 });
    expect(live.view?.page).toBe(4);
    turn({ paper: 'p', version: 1, page: 5 });
    expect(live.view).toBeNull();
    live.viewed({ ...part });
    turn(null);
    expect(live.view).toBeNull();
    live.viewed({ ...part });
    live.snapshot(9, {});
    expect(live.view).toBeNull();
  });

  const a4: Size = { width: 600, height: 900 };
  it('shows all of the part on screens of any shape', () => {
    for (const stage of [{ width: 800, height: 560 }, { width: 1900, height: 900 }, { width: 700, height: 1200 }]) {
      const scale = scaleOf(part, a4, stage);
      expect(0.5 * 800 * scale).toBeLessThanOrEqual(stage.width * 1.031);
      expect(0.3 * 1200 * scale).toBeLessThanOrEqual(stage.height * 1.031);
    }
  });

  it('is never smaller than can be read, nor larger than a page can be drawn', () => {
    const whole = { ...part, x: 0, y: 0, w: SCALE, h: SCALE };
    expect(scaleOf(whole, a4, { width: 820, height: 560 })).toBe(0.8);
    expect(scaleOf(whole, a4, { width: 400, height: 560 })).toBe(scaleOf('width', a4, { width: 400, height: 560 }));
    expect(scaleOf({ ...part, w: 200, h: 200 }, a4, { width: 1900, height: 900 })).toBe(4);
  });

  it('on a screen of the same size is the same picture', () => {
    const stage = { width: 816, height: 560 };
    const mine = scaleOf('width', a4, stage);
    const box = { x: 0, y: 0, w: SCALE, h: Math.round((SCALE * 559.6) / (1200 * mine)) };
    expect(scaleOf({ ...box, page: 3 }, a4, stage)).toBe(mine);
  });
});
