import { expect, test } from 'vitest';
import { passedDay } from '../src/console/letters/letters.ts';

const asks = (day: string): string => `Thời gian: 08 giờ 30, thứ Hai, ngày 02 tháng 11 năm 2026.\nĐề nghị các đồng chí trả lời chậm nhất ${day}.`;

test('K5 a day in the words that has passed is named; today, another day of the text, and no day are not', () => {
  expect(passedDay(asks('ngày 20 tháng 11 năm 2026'), '2026-11-23')).toBe('2026-11-20');
  expect(passedDay(asks('là hết ngày 5 tháng 3 năm 2026').normalize('NFD'), '2026-11-23')).toBe('2026-03-05');
  expect(passedDay(asks('ngày 23 tháng 11 năm 2026'), '2026-11-23')).toBeNull();
  for (const none of ['ngày 0 tháng 11', 'ngày 31 tháng 2', 'ngày 32 tháng 1', 'ngày 5 tháng 0']) expect(passedDay(asks(`${none} năm 2026`), '2026-11-23')).toBeNull();
  expect(passedDay('Tiếp theo cuộc họp ngày 01 tháng 01 năm 2026.', '2026-11-23')).toBeNull();
});
