import { flushSync } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FIRST, Portions } from '../src/console/ui/portions.svelte.ts';

let frames: FrameRequestCallback[] = [];
let end = () => {};

/** The next frame is drawn. */
function frame(): void {
  const due = frames;
  frames = [];
  for (const each of due) each(0);
  flushSync();
}

function made(rows: { all: number; of?: string }): Portions {
  let found!: Portions;
  end = $effect.root(() => {
    found = new Portions(
      () => rows.all,
      () => rows.of,
    );
  });
  flushSync();
  return found;
}

beforeEach(() => {
  frames = [];
  vi.stubGlobal('requestAnimationFrame', (draw: FrameRequestCallback) => frames.push(draw));
  vi.stubGlobal('cancelAnimationFrame', () => {});
});
afterEach(() => {
  end();
  vi.unstubAllGlobals();
});

describe('a list in portions', () => {
  it('has the first rows at once and all of them a few frames later', () => {
    const rows = $state({ all: 3 * FIRST });
    const portions = made(rows);
    expect(portions.many).toBe(FIRST);
    frame();
    expect(portions.many).toBe(2 * FIRST);
    frame();
    expect(portions.many).toBeGreaterThanOrEqual(3 * FIRST);
    expect(frames).toEqual([]);
  });

  it('goes on where rows came, and never takes back what was drawn', () => {
    const rows = $state({ all: 3 * FIRST });
    const portions = made(rows);
    frame();
    frame();
    expect(portions.many).toBe(4 * FIRST);
    rows.all = 5 * FIRST;
    flushSync();
    frame();
    expect(portions.many).toBe(8 * FIRST);
    rows.all = 3;
    flushSync();
    expect(portions.many).toBe(8 * FIRST);
  });

  it('begins anew with another list, before a row more than the first is drawn', () => {
    const rows = $state({ all: 3 * FIRST, of: 'all' });
    const portions = made(rows);
    frame();
    frame();
    expect(portions.many).toBe(4 * FIRST);
    rows.of = 'a';
    rows.all = 3 * FIRST - 1;
    flushSync();
    expect(portions.many).toBe(FIRST);
    rows.of = 'a';
    flushSync();
    frame();
    expect(portions.many).toBe(2 * FIRST);
    frame();
    expect([portions.many, frames]).toEqual([4 * FIRST, []]);
  });

  it('asks for no frame when everything fits', () => {
    made({ all: FIRST });
    expect(frames).toEqual([]);
  });
});
