import { describe, expect, it } from 'vitest';
import { verdict, type Checked, type Record } from '../src/console/record/record.ts';

const record: Record = { key: 'k', size: 9, checkpoint: null, forked: false, verified: null, went_back: null, restored: [], seats: [] };
const seat = { device: 'd', room: 'r', seat: 'A1', size: 9, state: 'good', gave_up: 0, at: '' } as const;
const verified = { at: 'x', by: 'Lan', size: 9, problems: 0 };
const checked: Checked = { size: 9, root: '', logs: 1, checkpoints: 1, problems: [], at: 'y' };
const problem = { code: 'event-changed', vi: 'a', en: 'b' };

describe('the one sentence of the record', () => {
  it('says nothing is known until it was checked', () => {
    expect(verdict(record, null)).toBe('never');
    expect(verdict({ ...record, verified }, null)).toBe('good');
    expect(verdict(record, checked)).toBe('good');
  });
  it('says the worst that is known', () => {
    const forked = { ...seat, state: 'forked' } as const;
    expect(verdict({ ...record, verified, seats: [seat, forked] }, null)).toBe('seats');
    expect(verdict({ ...record, verified: { ...verified, problems: 1 }, seats: [forked] }, null)).toBe('wrong');
    expect(verdict({ ...record, verified }, { ...checked, problems: [problem] })).toBe('wrong');
    expect(verdict({ ...record, verified, forked: true }, checked)).toBe('forked');
  });
  it('lets a seat be that keeps what a restoration took away, once that was acknowledged', () => {
    expect(verdict({ ...record, verified, seats: [seat, { ...seat, state: 'acknowledged' }] }, null)).toBe('good');
  });
  it('lets a seat be that followed after a restoration', () => {
    expect(verdict({ ...record, verified, seats: [{ ...seat, state: 'followed', gave_up: 7 }] }, null)).toBe('good');
  });
  it('believes the newest check', () => {
    expect(verdict({ ...record, verified: { ...verified, problems: 2 } }, checked)).toBe('good');
  });
});
