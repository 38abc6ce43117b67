import { describe, expect, it, vi } from 'vitest';
import { Failure } from '$lib/failure.ts';
import { fold } from '$lib/fold.ts';
import { Book } from '$lib/reader/book.svelte.ts';
import { Following } from '$lib/reader/following.svelte.ts';
import { occurrences } from '$lib/reader/hits.ts';
import type { Hit, PageSource } from '$lib/reader/source.ts';
import { PageWindow } from '$lib/reader/window.svelte.ts';
import { drawnSize, pictureWidth, scaleOf, step } from '$lib/reader/zoom.ts';
import type { Presenting } from '$lib/sections.ts';

interface Load {
  page: number;
  width: number;
  signal: AbortSignal;
  bitmap: { close: ReturnType<typeof vi.fn> };
  come(): Promise<void>;
  fail(thrown: unknown): Promise<void>;
}

/** Pages that come when the test says so. */
function setUp(count = 300) {
  const loads: Load[] = [];
  const turn = async (): Promise<void> => void (await new Promise((done) => setTimeout(done)));
  const pages = new PageWindow(
    count,
    (page, width, signal) =>
      new Promise((resolve, reject) => {
        const bitmap = { close: vi.fn() };
        loads.push({
          page,
          width,
          signal,
          bitmap,
          come: () => (resolve(bitmap as unknown as ImageBitmap), turn()),
          fail: (thrown) => (reject(thrown), turn()),
        });
        signal.addEventListener('abort', () => reject(new DOMException('', 'AbortError')));
      }),
    () => Object.assign(document.createElement('canvas'), { width: 10, height: 10 }),
  );
  return { pages, loads, turn };
}
const at = (width: number) => () => width;

describe('pages around the one being read', () => {
  it('come one at a time: this page, the next, the one before, then two away', async () => {
    const { pages, loads } = setUp();
    pages.show(10, at(800));
    for (let n = 0; n < 5; n += 1) await loads[n]!.come();
    expect(loads.map((load) => load.page)).toEqual([10, 11, 9, 12, 8]);
    expect(pages.shown.canvas).not.toBeNull();
  });

  it('are there at once after a turn, and the far ones give their memory back', async () => {
    const { pages, loads } = setUp();
    pages.show(10, at(800));
    for (let n = 0; n < 5; n += 1) await loads[n]!.come();
    const left = pages.shown.canvas!;
    pages.show(11, at(800));
    expect(pages.shown).toMatchObject({ page: 11, failure: null });
    expect(pages.shown.canvas).not.toBeNull();
    pages.show(20, at(800));
    expect(pages.shown.canvas).toBeNull();
    expect(left.width).toBe(0);
  });

  it('yield to a jump: what was being fetched ahead is broken off', async () => {
    const { pages, loads, turn } = setUp();
    pages.show(10, at(800));
    await loads[0]!.come();
    pages.show(200, at(800));
    await turn();
    expect(loads[1]!.signal.aborted).toBe(true);
    expect(loads.at(-1)!.page).toBe(200);
  });

  it('keep the fetch of the very page that is turned to', async () => {
    const { pages, loads } = setUp();
    pages.show(10, at(800));
    await loads[0]!.come();
    pages.show(11, at(800));
    expect(loads[1]!.signal.aborted).toBe(false);
    await loads[1]!.come();
    expect(pages.shown.canvas).not.toBeNull();
    expect(loads.filter((load) => load.page === 11)).toHaveLength(1);
  });

  it('are drawn again when their mark is out of date, the old picture staying up meanwhile', async () => {
    const { pages, loads, turn } = setUp();
    pages.show(10, at(800));
    for (let n = 0; n < 3; n += 1) await loads[n]!.come();
    const before = pages.shown.canvas;
    pages.redraw();
    await turn();
    expect(loads[3]!.signal.aborted, 'what is on its way may carry the old mark').toBe(true);
    expect(pages.shown.canvas).toBe(before);
    expect(loads.at(-1)!.page).toBe(10);
    await loads.at(-1)!.come();
    expect(pages.shown.canvas).not.toBe(before);
    expect(before!.width).toBe(0);
    for (let n = 5; n < 9; n += 1) await loads[n]!.come();
    expect(loads.slice(4).map((load) => load.page)).toEqual([10, 11, 9, 12, 8]);
  });

  it('are drawn again for another width, the old picture staying up meanwhile', async () => {
    const { pages, loads } = setUp();
    pages.show(1, at(800));
    await loads[0]!.come();
    const old = pages.shown.canvas!;
    pages.show(1, at(1600));
    expect(pages.shown.canvas).toBe(old);
    const anew = loads.at(-1)!;
    expect(anew).toMatchObject({ page: 1, width: 1600 });
    await anew.come();
    expect(pages.shown.canvas).not.toBe(old);
    expect(old.width).toBe(0);
  });

  it('say why one could not be opened, and try again', async () => {
    const { pages, loads } = setUp();
    pages.show(1, at(800));
    await loads[0]!.fail(new Failure('render-failed', 500));
    expect(pages.shown.failure?.code).toBe('render-failed');
    pages.retry();
    expect(pages.shown.failure).toBeNull();
    await loads.find((load, n) => n > 0 && load.page === 2)?.come();
    await loads.findLast((load) => load.page === 1)!.come();
    expect(pages.shown.canvas).not.toBeNull();
  });

  it('do not stop at the edges, and close what came too late', async () => {
    const { pages, loads } = setUp(2);
    pages.show(1, at(800));
    await loads[0]!.come();
    await loads[1]!.come();
    expect(loads.map((load) => load.page)).toEqual([1, 2]);
    const { pages: gone, loads: late } = setUp();
    gone.show(1, at(800));
    gone.close();
    await late[0]!.come();
    expect(gone.shown.canvas).toBeNull();
  });
});

describe('F1 following the presenter', () => {
  const shown = (page: number, call = 0): Presenting => ({ paper: 'p-a', version: 1, page, person: 'u-a', name: '', call });

  it('goes along until the person leaves, and again after one tap', () => {
    const following = new Following();
    expect(following.hear(shown(3))?.page).toBe(3);
    following.leave();
    expect(following.hear(shown(4))).toBeNull();
    expect(following.on).toBe(false);
    following.rejoin();
    expect(following.hear(shown(5))?.page).toBe(5);
  });
  it('comes back when the chair calls everyone, once for each call', () => {
    const following = new Following();
    following.hear(shown(3));
    following.leave();
    expect(following.hear(shown(3, 1))?.page).toBe(3);
    following.leave();
    expect(following.hear(shown(4, 1))).toBeNull();
    expect(following.hear(shown(4, 2))?.page).toBe(4);
  });
  it('begins anew with the next presentation', () => {
    const following = new Following();
    following.hear(shown(3));
    following.leave();
    expect(following.hear(null)).toBeNull();
    expect(following.hear(shown(1))?.page).toBe(1);
  });
});

describe('zoom', () => {
  const a4 = { width: 595, height: 842 };
  it('fits width and page, and never blows a small page up', () => {
    const stage = { width: 744, height: 556 };
    expect(drawnSize(scaleOf('width', a4, stage), a4).width).toBeCloseTo(744, -1);
    expect(drawnSize(scaleOf('page', a4, stage), a4).height).toBeCloseTo(556, -1);
    expect(scaleOf('width', { width: 100, height: 60 }, stage)).toBe(2);
  });
  it('steps up and down, and stays at the ends', () => {
    expect(step(0.94, 1)).toBe(1);
    expect(step(1, 1)).toBe(1.25);
    expect(step(0.94, -1)).toBe(0.8);
    expect(step(3, 1)).toBe(3);
    expect(step(0.3, -1)).toBe(0.3);
  });
  it('asks for few widths of pictures', () => {
    expect(pictureWidth(744, 1)).toBe(800);
    expect(pictureWidth(810, 1)).toBe(800);
    expect(pictureWidth(820, 1)).toBe(960);
    expect(pictureWidth(744, 2)).toBe(1600);
    expect(pictureWidth(5000, 1)).toBe(2400);
  });
});

describe('search', () => {
  it('folds accents and đ', () => {
    expect(fold('Đồng chí NGHỊ QUYẾT')).toBe('dong chi nghi quyet');
    expect(fold('e\u0301 đ Đ ư ơ ặ')).toBe('e d d u o a');
  });

  const words = 'Căn cứ Nghị quyết số 12 và nghị quyết-mới của Đảng'.split(' ');
  const text = {
    width: 595,
    height: 842,
    words: words.map((word, n) => [n * 10, 0, n * 10 + 8, 12, word] as [number, number, number, number, string]),
  };
  it('marks every word that is touched, over word ends and inside words', () => {
    expect(occurrences(text, 'nghi quyet').map((boxes) => boxes.map((box) => box.x))).toEqual([
      [20, 30],
      [70, 80],
    ]);
    expect(occurrences(text, 'dang')).toHaveLength(1);
    expect(occurrences(text, 'uyết SỐ').map((boxes) => boxes.length)).toEqual([2]);
    expect(occurrences(text, 'khong co')).toEqual([]);
    expect(occurrences(text, '  ')).toEqual([]);
  });

  function source(search: PageSource['search']): PageSource {
    return {
      address: () => '',
      bitmap: () => new Promise(() => undefined),
      text: () => new Promise(() => undefined),
      outline: () => Promise.resolve({ sizes: [[842, 595]], outline: [] }),
      search,
    };
  }
  const paper = { paper: 'p-a', version: 1, title: 'Tờ trình', pages: 9 };

  it('shows the hits of the newest query only', async () => {
    const answers: Record<string, (hits: Hit[]) => void> = {};
    const book = new Book(
      paper,
      source((_, query) => new Promise((done) => (answers[query] = done))),
    );
    const first = book.search('mot');
    const second = book.search('hai');
    answers['hai']!([{ page: 2, count: 1, excerpt: '' }]);
    answers['mot']!([{ page: 1, count: 1, excerpt: '' }]);
    await Promise.all([first, second]);
    expect(book.currentSearch).toMatchObject({ query: 'hai', hits: [{ page: 2 }] });
  });

  it('says why it failed, and can be ended', async () => {
    const book = new Book(
      paper,
      source(() => Promise.reject(new Failure('render-failed', 500))),
    );
    await book.search('mot');
    expect(book.currentSearch?.failure?.code).toBe('render-failed');
    book.endSearch();
    expect(book.currentSearch).toBeNull();
  });

  it('keeps the page within the paper', async () => {
    const book = new Book(paper, source(() => Promise.resolve([])), { page: 99 });
    expect(book.page).toBe(9);
    expect(book.turnTo(10)).toBe(false);
    expect(book.turnTo(Number.NaN)).toBe(true);
    expect(book.page).toBe(1);
    await Promise.resolve();
    expect(book.sizeOf(1)).toEqual({ width: 842, height: 595 });
  });
});
