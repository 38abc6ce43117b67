import { expect, test } from 'vitest';
import { listed } from '../src/console/admin/workdays.ts';
import { rows } from '../src/console/meeting/deadlines.ts';

test('K3 what is over, due today and ahead is told apart, in the order of the work', () => {
  const deadlines = { conclusion: '2026-12-04', answers: '2026-11-26', papers: '2026-11-25', invitation: '2026-11-24' };
  expect(rows({ deadlines, today: '2026-11-25' }, false)).toEqual([
    { name: 'invitation', day: '2026-11-24', state: 'over' },
    { name: 'papers', day: '2026-11-25', state: 'today' },
    { name: 'answers', day: '2026-11-26', state: 'ahead' },
  ]);
  expect(rows({ deadlines, today: '2026-11-25' }, true)).toEqual([{ name: 'conclusion', day: '2026-12-04', state: 'ahead' }]);
  expect(rows({ deadlines: null, today: '2026-11-25' }, false)).toEqual([]);
});

test('K2 a day that was entered stands for what the law says of it, and only that one can be dropped', () => {
  const days = [{ day: '2026-09-02', kind: 'worked' as const, name: 'Làm bù (demo)' }];
  expect(listed({ year: 2026, days, by_law: ['2026-09-02', '2026-01-01'] })).toEqual([
    { day: '2026-01-01', kind: 'off', name: '', entered: false },
    { day: '2026-09-02', kind: 'worked', name: 'Làm bù (demo)', entered: true },
  ]);
});
