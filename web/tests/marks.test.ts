import { describe, expect, it, vi } from 'vitest';
import { Failure } from '$lib/failure.ts';
import { carried, find } from '$lib/marks/carry.ts';
import { bounds, type Content, type Highlight, hit, type Ink, moved, type NoteMark, path, place, point, simplified } from '$lib/marks/model.ts';
import { anchorOf, between, rectsOf } from '$lib/marks/words.ts';
import type { PageText } from '$lib/reader/source.ts';
import { flushSync } from 'svelte';
import { Pad } from '../src/seat/marks/pad.svelte.ts';
import type { Book } from '$lib/reader/book.svelte.ts';
import type { Seat } from '../src/seat/seat.svelte.ts';

const SIZE = { width: 500, height: 1000 };
const base = { paper: 'p-1', version: 1, page: 2, color: 'red' } as const;
const note = (x: number, y: number, more: object = {}): NoteMark => ({ kind: 'note', ...base, at: [x, y], text: 'xem lại', ...more });
const ink = (...xy: number[]): Ink => ({ kind: 'ink', ...base, width: 30, strokes: [{ xy }] });

/** A page of 1,000 × 1,000 points; a line every 100, a word every 100. */
function page(...lines: string[]): PageText {
  const words = lines.flatMap((line, row) =>
    line.split(' ').map((word, at): [number, number, number, number, string] => [at * 100, row * 100, at * 100 + 80, row * 100 + 40, word]),
  );
  return { width: 1000, height: 1000, words };
}

describe('places', () => {
  it('are parts of the page, whatever it is drawn at, and never beside it', () => {
    expect(place({ x: 250, y: 100 }, SIZE)).toEqual([5000, 1000]);
    expect(place({ x: -9, y: 2000 }, SIZE)).toEqual([0, 10_000]);
    expect(point(5000, 1000, SIZE)).toEqual({ x: 250, y: 100 });
  });

  it('move together and stay on the page', () => {
    expect(bounds(ink(10, 20, 30, 5))).toEqual([10, 5, 30, 20]);
    expect((moved(ink(10, 20, 30, 5), 100, -3) as Ink).strokes[0]!.xy).toEqual([110, 17, 130, 2]);
    expect((moved(note(9_900, 50), 500, -500) as NoteMark).at).toEqual([10_000, 0]);
  });

  it('are met by a touch near enough', () => {
    expect(hit(ink(0, 0, 10_000, 0), [5000, 100], SIZE, 12)).toBe(true);
    expect(hit(ink(0, 0, 10_000, 0), [5000, 300], SIZE, 12)).toBe(false);
    expect(hit(ink(5000, 5000), [5000, 5000], SIZE, 12)).toBe(true);
    expect(hit(note(5000, 5000), [5400, 5000], SIZE, 12)).toBe(true);
    const rect: Highlight = { kind: 'highlight', ...base, rects: [[1000, 1000, 2000, 1100]] };
    expect([hit(rect, [1500, 1050], SIZE, 4), hit(rect, [2500, 1050], SIZE, 4)]).toEqual([true, false]);
  });
});

describe('a stroke', () => {
  it('loses the points a hand does not mean, and keeps its corners', () => {
    const straight = Array.from({ length: 100 }, (_, x) => ({ x, y: 0.1 * (x % 2) }));
    expect(simplified(straight)).toHaveLength(2);
    const corner = [...straight.slice(0, 50), ...Array.from({ length: 50 }, (_, y) => ({ x: 50, y }))];
    expect(simplified(corner).length).toBeLessThan(6);
    expect(simplified([{ x: 1, y: 1 }])).toEqual([{ x: 1, y: 1 }]);
  });

  it('never has more points than a mark may', () => {
    const wild = Array.from({ length: 9_000 }, (_, x) => ({ x, y: (x * 7919) % 83 }));
    expect(simplified(wild).length).toBeLessThanOrEqual(2_000);
  });

  it('is a path that can be seen, a dot too', () => {
    expect(path([])).toBe('');
    expect(path([{ x: 1, y: 2 }])).toBe('M1.0 2.0l.01 0');
    expect(path([{ x: 0, y: 0 }, { x: 4, y: 0 }, { x: 8, y: 4 }])).toBe('M0.0 0.0Q4.0 0.0 6.0 2.0L8.0 4.0');
  });
});

describe('words under a finger', () => {
  const text = page('Căn cứ Luật Tổ chức', 'Ủy ban kiểm sát xem xét');

  it('become a rectangle a line, in whichever direction they are drawn', () => {
    const run = between(text, [2100, 200], [1200, 1200])!;
    expect(run).toEqual([2, 6]);
    expect(between(text, [1200, 1200], [2100, 200])).toEqual(run);
    expect(rectsOf(text, run)).toEqual([
      [2000, 0, 4800, 400],
      [0, 1000, 1800, 1400],
    ]);
    expect(between(text, [9000, 9000], [0, 0])).toBeNull();
  });

  it('are what a mark remembers', () => {
    const mark: Highlight = { kind: 'highlight', ...base, rects: rectsOf(text, [2, 3]) };
    expect(anchorOf(text, mark)).toEqual({ text: 'Luật Tổ', box: [2000, 0, 3800, 400] });
    expect(anchorOf(text, note(9000, 1200))!.text).toBe('Ủy ban kiểm sát xem xét');
    expect(anchorOf(page(), { ...mark })).toBeUndefined();
  });
});

describe('a new version', () => {
  const old = page('mở đầu', 'Ủy ban kiểm sát xem xét');
  const mark: Highlight = { kind: 'highlight', ...base, rects: rectsOf(old, [3, 4]), anchor: { text: 'ban kiểm', box: [1000, 1000, 2800, 1400] } };
  const to = { version: 2, pages: 9 };

  it('has the mark where its text stands now', async () => {
    const there = (await carried(mark, to, async (n) => (n === 2 ? page('mở đầu', 'thêm một dòng', 'Ủy BAN kiểm, sát') : page()))) as Highlight;
    expect([there.version, there.page, there.since, there.rects]).toEqual([2, 2, undefined, [[1000, 2000, 2800, 2400]]]);
  });

  it('has it on the page to which its text has moved', async () => {
    const there = await carried({ ...note(1100, 1500), anchor: mark.anchor }, to, async (n) => (n === 4 ? page('Ủy ban kiểm sát') : page('khác')));
    expect([there.page, (there as NoteMark).at]).toEqual([4, [1100, 500]]);
  });

  it('has it on the page of the same number, with a sign, when the text is gone or was never known', async () => {
    const gone = await carried(mark, to, async () => page('khác hẳn'));
    expect([gone.page, gone.since, (gone as Highlight).rects]).toEqual([2, 1, mark.rects]);
    const short = await carried(ink(1, 2), { version: 3, pages: 1 }, async () => page());
    expect([short.page, short.version, short.since]).toEqual([1, 3, 1]);
    expect((await carried({ ...short }, { version: 4, pages: 1 }, async () => page())).since).toBe(1);
  });

  it('takes the nearest of several places', () => {
    const twice = page('ban kiểm', 'xx', 'yy', 'ban kiểm');
    expect(find(twice, 'ban kiểm', [0, 2900, 100, 3000])).toEqual([4, 5]);
    expect(find(twice, 'ban kiểm', null)).toEqual([0, 1]);
    expect(find(twice, '', null)).toBeNull();
  });
});

describe('the pad', () => {
  const rules = { ready: true, rev: 1, unsent: 0, code: '' };
  function setUp(kept: Content[] = [], version = 1) {
    const agent = new Map(kept.map((content, n) => [`n-${n}`, content]));
    let rev = 1;
    const writeMarks = vi.fn(async (changes: readonly { mark: string; content?: Content }[]) => {
      for (const { mark, content } of changes) content ? agent.set(mark, content) : agent.delete(mark);
      return { rev: (rev += 1), unsent: 0 };
    });
    const get = vi.fn(async () => ({ marks: [...agent].map(([mark, content]) => ({ mark, content })), rev }));
    const seat = { now: { marks: rules }, api: { get }, writeMarks } as unknown as Seat;
    const book = { paper: { paper: 'p-1', version, pages: 9 }, text: async () => page('khác') } as unknown as Book;
    const pad = new Pad(seat, book);
    return { pad, agent, writeMarks, get, seat };
  }
  const rest = () => new Promise((done) => setTimeout(done));

  it('shows at once what it has kept a moment later, and takes back step by step', async () => {
    const { pad, agent } = setUp();
    pad.hear(rules);
    await rest();
    const mark = pad.add(note(1, 1));
    flushSync();
    expect(pad.on(2).map((one) => one.mark)).toEqual([mark]);
    pad.put(mark, note(1, 1, { text: 'sửa' }));
    await rest();
    expect((agent.get(mark) as NoteMark).text).toBe('sửa');
    pad.undo();
    await rest();
    expect((agent.get(mark) as NoteMark).text).toBe('xem lại');
    pad.undo();
    await rest();
    expect([agent.size, pad.all.length, pad.canUndo]).toEqual([0, 0, false]);
  });

  it('sends one call at a time, with all that waits', async () => {
    const { pad, writeMarks } = setUp();
    for (let n = 0; n < 5; n += 1) pad.add(note(n, n));
    await rest();
    expect(writeMarks.mock.calls.map(([changes]) => changes.length)).toEqual([1, 4]);
  });

  it('moves marks of an older version, once', async () => {
    const { pad, agent, writeMarks } = setUp([ink(1, 2)], 3);
    pad.hear(rules);
    await rest();
    await rest();
    expect(pad.all.map(({ content }) => [content.version, content.since])).toEqual([[3, 1]]);
    expect([agent.get('n-0')!.version, writeMarks.mock.calls.length]).toEqual([3, 1]);
  });

  it('asks again when more came while it was asking, and no second time for an older word', async () => {
    const { pad, agent, get, seat } = setUp();
    let answer: (found: { marks: object[]; rev: number }) => void = () => undefined;
    get.mockImplementationOnce(() => new Promise((done) => (answer = done as typeof answer)));
    pad.hear(rules);
    agent.set('n-9', note(1, 1));
    seat.now.marks = { ...rules, rev: 2 };
    pad.hear(seat.now.marks);
    expect(get).toHaveBeenCalledTimes(1);
    answer({ marks: [], rev: 1 }); // and the next answer says so, too: asked once more, not for ever
    await rest();
    await rest();
    expect([get.mock.calls.length, pad.all.map((one) => one.mark)]).toEqual([2, ['n-9']]);
  });

  it('hands nothing in for the next person at the seat: what was refused while it closed is let go', async () => {
    const { pad, writeMarks } = setUp();
    let refuse: (why: Failure) => void = () => undefined;
    writeMarks.mockImplementation(() => new Promise((_, reject) => (refuse = reject)));
    pad.add(note(1, 1));
    pad.add(note(2, 2));
    pad.close();
    refuse(new Failure('seat-locked'));
    await rest();
    await rest();
    expect(writeMarks.mock.calls.length).toBe(1);
  });

  it('keeps nothing after its end', async () => {
    const { pad } = setUp([ink(1, 2)]);
    pad.hear(rules);
    await rest();
    pad.close();
    expect([pad.all, pad.canUndo]).toEqual([[], false]);
  });
});
