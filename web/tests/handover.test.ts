/** Who takes over what somebody held (HO2). */
import { describe, expect, it } from 'vitest';
import { type Holding, lines, NOBODY, taker } from '../src/console/handover/handover.ts';

const thing = (key: string): Holding => ({ key, kind: 'unit', part: 'head', title: key, path: '', why: '', ends: false });

describe('who takes over', () => {
  const an = { id: 'u-an' };
  const binh = { id: 'u-binh' };

  it('is who was chosen, else the first of the list', () => {
    expect(taker('u-binh', [an, binh])).toBe('u-binh');
    expect(taker(undefined, [an, binh])).toBe('u-an');
    expect(taker(NOBODY, [an])).toBe(NOBODY);
  });

  it('is nobody who was taken off the list', () => {
    expect(taker('u-binh', [an])).toBe('u-an');
    expect(taker('u-binh', [])).toBe('');
    expect(taker(NOBODY, [])).toBe(NOBODY);
  });

  it('is told for all that stays on purpose, too', () => {
    const chosen: Record<string, string> = { a: NOBODY, b: 'u-an' };
    expect(lines([thing('a'), thing('b'), thing('c')], ({ key }) => chosen[key] ?? '')).toEqual([{ key: 'a', to: NOBODY }, { key: 'b', to: 'u-an' }]);
  });
});
