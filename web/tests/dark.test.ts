import { afterEach, beforeEach, expect, it } from 'vitest';
import { watchDark } from '../src/seat/dark.ts';

let dark = false;
let lit = 0;
let heard: string[] = [];
let stop: () => void;
const NAMES = ['pointerdown', 'touchstart', 'pointerup', 'touchend', 'mousedown', 'mouseup', 'click', 'keydown', 'keyup'];
const note = (event: Event): void => void heard.push(event.type);
const key = (type: string, repeat = false): boolean => document.body.dispatchEvent(new KeyboardEvent(type, { key: 'Enter', bubbles: true, cancelable: true, repeat }));

/** As a browser makes a tap: the click comes last, long after the finger came down. */
function taps(): void {
  for (const type of NAMES.slice(0, 7)) document.body.dispatchEvent(new MouseEvent(type, { bubbles: true, cancelable: true }));
}

beforeEach(() => {
  [dark, lit, heard] = [true, 0, []];
  for (const name of NAMES) document.body.addEventListener(name, note);
  stop = watchDark(
    () => dark,
    () => {
      lit += 1;
      dark = false;
    },
  );
});
afterEach(() => {
  stop();
  for (const name of NAMES) document.body.removeEventListener(name, note);
});

it('lights the screen with the first touch, and presses nothing with it', () => {
  taps();
  expect([lit, heard]).toEqual([1, []]);
  taps();
  expect(lit).toBe(1);
  expect(heard).toEqual(NAMES.slice(0, 7));
});

it('lights it with a key, and types nothing with it however long it is held', () => {
  expect(key('keydown')).toBe(false);
  key('keydown', true);
  key('keyup');
  expect([lit, heard]).toEqual([1, []]);
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
