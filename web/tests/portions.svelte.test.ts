import { flushSync } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Portions } from '../src/console/ui/portions.svelte.ts';

let frames: FrameRequestCallback[] = [];
let end = () => {};

/** The next frame is drawn. */
function frame(): void {
  const due = frames;
  frames = [];
  for (const each of due) each(0);
  flushSync();
}

function made(rows: { all: number; words: string }): Portions {
  let found!: Portions;
  end = $effect.root(() => {
    found = new Portions(
      () => rows.all,
      () => rows.words,
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
    const rows = $state({ all: 100, words: '' });
    const portions = made(rows);
    expect(portions.many).toBe(40);
    frame();
    expect(portions.many).toBe(80);
    frame();
    expect(portions.many).toBeGreaterThanOrEqual(100);
    expect(frames).toEqual([]);
  });

  it('begins anew with another question, and not because a row came', () => {
    const rows = $state({ all: 100, words: '' });
    const portions = made(rows);
    frame();
    frame();
    rows.all = 110;
    flushSync();
    expect(portions.many).toBe(160);
    rows.words = 'b';
    flushSync();
    expect(portions.many).toBe(40);
    frame();
    expect(portions.many).toBe(80);
  });

  it('asks for no frame when everything fits', () => {
    made({ all: 40, words: '' });
    expect(frames).toEqual([]);
  });
});
