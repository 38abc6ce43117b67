import { expect, it } from 'vitest';
import { inRows } from '../src/console/minutes/rows.ts';
import { pathOf, type Result } from '../src/console/search/search.ts';

it('BB6 names every line of the log that a paragraph comes from', () => {
  expect(inRows([23, 2, 24, 25, 40, 41, 23])).toBe('2, 23–25, 40, 41');
  expect(inRows([])).toBe('');
});

it('P7 a paper that was recalled leads to the list of papers, not to a page that is gone', () => {
  const found = { kind: 'paper', meeting: { id: 'm-1' }, ref: 'p-1', page: 0 } as unknown as Result;
  expect(pathOf(found)).toBe('/meetings/m-1/papers/p-1');
  expect(pathOf({ ...found, recalled: true })).toBe('/meetings/m-1/papers');
});
