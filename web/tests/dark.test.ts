import { afterEach, beforeEach, expect, it } from 'vitest';
import { SEEN_MS, watchDark } from '../src/seat/dark.ts';

let dark = false;
let lit = 0;
let heard: string[] = [];
let at = 0;
let stop: () => void;
const NAMES = ['pointerdown', 'touchstart', 'pointerup', 'touchend', 'mousedown', 'mouseup', 'click', 'keydown', 'keyup', 'wheel'];
const note = (event: Event): void => void heard.push(event.type);
const key = (type: string, repeat = false): boolean => document.body.dispatchEvent(new KeyboardEvent(type, { key: 'Enter', bubbles: true, cancelable: true, repeat }));

/** As a browser makes a tap: the click comes last, long after the finger came down. */
function taps(): void {
  for (const type of NAMES.slice(0, 7)) document.body.dispatchEvent(new MouseEvent(type, { bubbles: true, cancelable: true }));
}

beforeEach(() => {
  [dark, lit, heard, at] = [true, 0, [], 5_000];
  for (const name of NAMES) document.body.addEventListener(name, note);
  stop = watchDark(
    () => dark,
    () => {
      lit += 1;
      dark = false;
    },
    () => at,
  );
});
afterEach(() => {
  stop();
  for (const name of NAMES) document.body.removeEventListener(name, note);
});

it('lights the screen with the first touch, and presses nothing with it', () => {
  taps();
  expect([lit, heard]).toEqual([1, []]);
  at += SEEN_MS;
  taps();
  expect(lit).toBe(1);
  expect(heard).toEqual(NAMES.slice(0, 7));
});

it('lights it with a key, and types nothing with it however long it is held', () => {
  expect(key('keydown')).toBe(false);
  key('keydown', true);
  key('keyup');
  expect([lit, heard]).toEqual([1, []]);
  at += SEEN_MS;
  key('keydown', true);
  expect(heard).toEqual([]);
  key('keydown');
  expect(heard).toEqual(['keydown']);
});

it('holds nothing where nothing is dark, and nothing after its end', () => {
  dark = false;
  taps();
  expect(heard.length).toBe(7);
  stop();
  dark = true;
  taps();
  expect([lit, heard.length]).toEqual([0, 14]);
});

it('holds the second tap of two, whole, for nobody has seen yet what it would press', () => {
  taps();
  at += SEEN_MS - 1;
  document.body.dispatchEvent(new MouseEvent('pointerdown', { bubbles: true }));
  at += SEEN_MS;
  document.body.dispatchEvent(new MouseEvent('click', { bubbles: true }));
  expect([lit, heard]).toEqual([1, []]);
});

it('gives the wheel back as soon as the page is seen, also after a key', () => {
  const turns = (): boolean => document.body.dispatchEvent(new WheelEvent('wheel', { bubbles: true, cancelable: true }));
  expect(turns()).toBe(false);
  key('keydown');
  key('keyup');
  expect(turns()).toBe(false);
  at += SEEN_MS;
  expect(turns()).toBe(true);
  expect(heard).toEqual(['wheel']);
});
