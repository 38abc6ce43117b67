import { describe, expect, it } from 'vitest';
import { type Board, count, doubt, type Line, replaced, shown, tone, when } from '../src/console/requests/requests.ts';

const line = (other: Partial<Line>): Line => ({
  request: 'w-1', item: 'i-1', item_number: '1', item_title: 'Một', person: 'u-1', unit: null, name: 'Lan', what: 'Báo cáo',
  until: '2026-11-25', standing: 'asked', overdue: false, days_left: 3, late: false, handed_in_at: null, asked_at: '',
  revision: 1, reminders: 0, reminded_at: null, reason: '', paper: null, ...other,
});

describe('requests for papers', () => {
  const lines = [
    line({ request: 'w-a', standing: 'approved', until: '2026-11-20' }),
    line({ request: 'w-b', standing: 'asked', until: '2026-11-26' }),
    line({ request: 'w-c', standing: 'returned', until: '2026-11-24' }),
    line({ request: 'w-d', standing: 'asked', until: '2026-11-27', overdue: true }),
    line({ request: 'w-e', standing: 'withdrawn' }),
    line({ request: 'w-f', standing: 'submitted', until: '2026-11-01' }),
  ];
  it('W138 shows what is late first, then what is waited for by its day, and the withdrawn only where they are asked for', () => {
    expect(shown(lines, 'all').map(({ request }) => request)).toEqual(['w-d', 'w-c', 'w-b', 'w-f', 'w-a']);
    expect(shown(lines, 'overdue').map(({ request }) => request)).toEqual(['w-d']);
    expect(shown(lines, 'withdrawn').map(({ request }) => request)).toEqual(['w-e']);
  });
  it('counts as many as it shows', () => {
    const counts = { asked: 2, submitted: 1, returned: 1, approved: 1, withdrawn: 1, overdue: 1 };
    const board = { requests: lines, counts } as unknown as Board;
    for (const filter of ['all', 'overdue', 'asked', 'returned', 'submitted', 'approved', 'withdrawn'] as const) {
      expect(count(board, filter), filter).toBe(shown(lines, filter).length);
    }
  });
  it('says of a day what matters now', () => {
    expect(when(line({ overdue: true, days_left: -2 }))).toBe('over');
    expect(when(line({ days_left: 0 }))).toBe('today');
    expect(when(line({ days_left: 1 }))).toBe('tomorrow');
    expect(when(line({ standing: 'submitted', late: true }))).toBe('late');
    expect(when(line({ standing: 'approved', days_left: -9 }))).toBe('until');
    expect(tone(line({ days_left: 1 }))).toBe('warn');
  });
  it('W138 asks for title and secrecy anew after a stub that was returned, and else adds a version', () => {
    const paper = { paper: 'p-1', title: 'Báo cáo', version: 1, pages: 0, secrecy: 'secret', owner: 'u-1' } as const;
    expect(replaced(line({}))).toBeNull();
    expect(replaced(line({ standing: 'returned', paper }))).toBeNull();
    expect(replaced(line({ standing: 'submitted', paper }))).toBe('p-1');
    expect(replaced(line({ standing: 'returned', paper: { ...paper, pages: 2 } }))).toBe('p-1');
  });
  it('W137 refuses a day in the past or after the meeting, and warns of one that is short', () => {
    const board = { today: '2026-11-23', papers_until: '2026-11-25', last_day: '2026-11-27' };
    expect(['', '2026-11-22', '2026-11-28', '2026-11-26', '2026-11-25'].map((day) => doubt(day, board))).toEqual(['missing', 'past', 'after', 'short', null]);
    expect(doubt('2027-01-01', { ...board, papers_until: null, last_day: null })).toBeNull();
  });
});
