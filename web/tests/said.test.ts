import { expect, test } from 'vitest';
import { before, words } from '../src/console/fleet/said.ts';
import type { Correction, Entry, Said } from '../src/console/fleet/upkeep.ts';
import { useTexts } from '../src/lib/i18n/texts.svelte.ts';

const first: Said = { kind: 'fault', day: '2026-11-20', found: 'Sọc', done: '', by_whom: '', cost: 350_000, closed_on: null };
const entry: Entry = {
  ...first, day: '2026-11-21', cost: 400_000, closed_on: '2026-11-22', number: 7, device: 'd-1', serial: '', seat_label: 'A1', room_name: 'Lớn',
  open: false, at: '', by_name: '', source: '', revision: 3,
};
const correction = (revision: number, was: Said): Correction => ({ entry: 7, revision, was, reason: 'nhầm', at: '', by_name: '' });

test('D4 of a correction all that differs is shown, against what came next', async () => {
  await useTexts('upkeep');
  const all = [correction(2, { ...first, day: '2026-11-21', cost: 400_000 }), correction(1, first)];
  expect(before(all[1]!, entry, all)).toBe('Ngày: 20/11/2026; Chi phí (đồng): 350.000');
  expect(before(all[0]!, entry, all)).toBe('Ngày xong: Chưa xong');
});

test('D4 what somebody else made of a line is shown whole', async () => {
  await useTexts('upkeep');
  expect(words(entry)).toEqual([
    'Loại việc: Hỏng hóc', 'Ngày: 21/11/2026', 'Tình trạng, hiện tượng: Sọc', 'Việc đã làm: –', 'Người, đơn vị thực hiện: –',
    'Chi phí (đồng): 400.000', 'Ngày xong: 22/11/2026',
  ]);
});
