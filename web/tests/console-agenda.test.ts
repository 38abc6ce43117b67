import { describe, expect, it } from 'vitest';
import {
  addAfter,
  canIndent,
  canMoveDown,
  canMoveUp,
  canOutdent,
  change,
  DEEPEST,
  endOf,
  fromItems,
  indent,
  moveDown,
  moveUp,
  numbersOf,
  outdent,
  partsOf,
  remove,
  type Row,
  type Rows,
  same,
  starts,
  toItems,
  total,
} from '../src/console/meeting/agenda.ts';
import type { AgendaItem } from '../src/lib/sections.ts';

const row = (item: string, depth: number, minutes = 10): Row => ({
  item,
  title: item,
  minutes,
  visibility: 'common',
  presenter: null,
  depth,
});
/** `a b.1 c.2` …: an item and its depth. */
const tree = (text: string): Row[] => text.split(' ').map((word) => row(word.split('.')[0]!, Number(word.split('.')[1] ?? 0)));
const shown = (rows: Rows): string => rows.map(({ item, depth }) => (depth ? `${item}.${depth}` : item)).join(' ');

/** Every row is at most one deeper than the one before, and the first is at the top. */
function isTree(rows: Rows): boolean {
  return rows.every((one, at) => one.depth >= 0 && one.depth <= DEEPEST && one.depth <= (rows[at - 1]?.depth ?? -1) + 1);
}

describe('M4 the agenda while it is edited', () => {
  const rows = tree('a b.1 c.1 d.2 e f');

  it('is read from the meeting and sent back the same', () => {
    const items = toItems(rows).map((item) => ({ ...item, number: '', state: 'waiting', papers: [] }) as unknown as AgendaItem);
    expect(fromItems(items)).toEqual(rows);
    expect(toItems(rows).map((item) => item.parent)).toEqual([null, 'a', 'a', 'c', null, null]);
    expect(numbersOf(rows)).toEqual(['1', '1.1', '1.2', '1.2.1', '2', '3']);
  });
  it('sends titles without blanks around them', () => {
    expect(toItems([{ ...row('a', 0), title: '  Khai mạc ' }])[0]!.title).toBe('Khai mạc');
  });
  it('moves a row with everything below it', () => {
    expect(shown(moveUp(rows, 4))).toBe('e a b.1 c.1 d.2 f');
    expect(shown(moveDown(rows, 0))).toBe('e a b.1 c.1 d.2 f');
    expect(shown(moveUp(rows, 2))).toBe('a c.1 d.2 b.1 e f');
    expect(moveUp(rows, 1)).toBe(rows);
    expect(moveDown(rows, 2)).toBe(rows);
  });
  it('goes one level in, below the row before it, and no deeper than numbers stay readable', () => {
    expect(shown(indent(rows, 4))).toBe('a b.1 c.1 d.2 e.1 f');
    expect(indent(rows, 0)).toBe(rows);
    expect(indent(rows, 1)).toBe(rows);
    const deep = tree('a b.1 c.2 d.3 e.3');
    expect(canIndent(deep, 4)).toBe(false);
    expect(canIndent(tree('a b c.1 d.2 e.3'), 1)).toBe(false);
  });
  it('goes one level out, behind what stays below its parent', () => {
    expect(shown(outdent(rows, 1))).toBe('a c.1 d.2 b e f');
    expect(shown(outdent(rows, 3))).toBe('a b.1 c.1 d.1 e f');
    expect(outdent(rows, 0)).toBe(rows);
  });
  it('adds beside a row, behind everything below it', () => {
    const added = addAfter(rows, 0, 'n');
    expect(shown(added.rows)).toBe('a b.1 c.1 d.2 n e f');
    expect(added.at).toBe(4);
    expect(shown(addAfter(rows, null, 'n').rows)).toBe('a b.1 c.1 d.2 e f n');
    expect(shown(addAfter([], null, 'n').rows)).toBe('n');
  });
  it('removes a row with everything below it', () => {
    expect(shown(remove(rows, 0))).toBe('e f');
    expect(shown(remove(rows, 2))).toBe('a b.1 e f');
    expect(endOf(rows, 0)).toBe(4);
  });
  it('stays a tree with the same items whatever is done to it', () => {
    const steps = { indent, outdent, moveUp, moveDown };
    let now: Rows = rows;
    let seed = 7;
    for (let turn = 0; turn < 2000; turn += 1) {
      seed = (seed * 16807) % 2147483647;
      const at = seed % now.length;
      const name = (Object.keys(steps) as (keyof typeof steps)[])[(seed >> 5) % 4]!;
      now = steps[name](now, at);
      expect(isTree(now), `${name} ${at} in turn ${turn}: ${shown(now)}`).toBe(true);
      expect(now.map((one) => one.item).toSorted()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    }
  });
  it('says which moves there are', () => {
    expect([0, 1, 4, 5].map((at) => canMoveUp(rows, at))).toEqual([false, false, true, true]);
    expect([0, 2, 5].map((at) => canMoveDown(rows, at))).toEqual([true, false, false]);
    expect([0, 1].map((at) => canOutdent(rows, at))).toEqual([false, true]);
  });
  it('adds durations: a heading takes what it says, or its parts when they are longer', () => {
    const timed = [row('a', 0, 75), row('b', 1, 25), row('c', 1, 50), row('d', 0, 5), row('e', 1, 20)];
    expect(partsOf(timed, 0)).toBe(75);
    expect(total(timed)).toBe(95);
    expect(starts(timed)).toEqual([0, 0, 25, 75, 75]);
    expect(total([])).toBe(0);
  });
  it('knows whether anything was changed', () => {
    expect(same(rows, tree('a b.1 c.1 d.2 e f'))).toBe(true);
    expect(same(rows, change(rows, 1, { minutes: 11 }))).toBe(false);
    expect(same(rows, indent(rows, 4))).toBe(false);
  });
});
