import { describe, expect, test } from 'vitest';
import { type Listed, rowsOf, wantsEyes } from '../src/console/fleet/enrolment.ts';
import { costOf, meant, roomsOf } from '../src/console/fleet/upkeep.ts';

const terminals = [
  { device: 'd-1', serial: '', seat_label: 'A1', room: 'r-1', room_name: 'Lớn' },
  { device: 'd-2', serial: '', seat_label: 'A2', room: 'r-1', room_name: 'Lớn' },
  { device: 'd-3', serial: '', seat_label: 'B1', room: 'r-2', room_name: 'Nhỏ' },
];

describe('the book of the terminals', () => {
  test('money is read with its signs or without, and nothing is nothing', () => {
    expect(['', ' ', '1.250.000', '1,250,000', '350 000', '1250000', '0'].map(costOf)).toEqual([null, null, 1_250_000, 1_250_000, 350_000, 1_250_000, 0]);
    const wrong = ['-1', '12,5', '12.5', '1.25.000', '1.250,000', '1..000', '1250.000', 'trăm', '1'.repeat(13)];
    expect(wrong.map(costOf)).toEqual(wrong.map(() => undefined));
  });

  test('a room means all its terminals, a terminal itself', () => {
    expect(meant('r-1', terminals)).toEqual(['d-1', 'd-2']);
    expect(meant('d-3', terminals)).toEqual(['d-3']);
    expect(meant('', terminals)).toEqual([]);
    expect(roomsOf(terminals).map(({ room, count }) => [room, count])).toEqual([['r-1', 2], ['r-2', 1]]);
  });
});

describe('a list of terminals to come', () => {
  const row = (more: Partial<Listed>): Listed => ({
    number: 1, serial: 'PH-1', seat_label: 'A1', room_name: 'Lớn', state: 'waiting', by_name: '', at: '', until: '', ended_at: null,
    device: null, wrong: 0, other: null, other_at: null, seat_taken: false, ...more,
  });

  test('what wants eyes is seen first among what is open, and what is over only when everything is', () => {
    const rows = [row({}), row({ state: 'locked' }), row({ state: 'used', other: 'd-9' }), row({ state: 'used' }), row({ seat_taken: true }), row({ state: 'taken_back' }), row({ state: 'expired' })];
    expect(rows.map(wantsEyes)).toEqual([false, true, true, false, true, false, false]);
    expect([rowsOf(rows, 'open').length, rowsOf(rows, 'attention').length, rowsOf(rows, 'all').length]).toEqual([5, 3, 7]);
  });
});
