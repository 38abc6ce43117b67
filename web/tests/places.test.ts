import { cleanup, render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { grid, horseshoe } from '../src/console/fleet/plans.ts';
import Legend from '../src/console/live/Legend.svelte';
import { lookOf, marks } from '../src/console/live/looks.ts';
import { move, type Placed } from '../src/console/meeting/members.ts';
import PlaceByRank from '../src/console/meeting/PlaceByRank.svelte';
import { byRank, headOf, joined, placeByRank, rankOf, seatOrder } from '../src/console/meeting/ranks.ts';
import type { WatchedSeat } from '../src/console/meeting/seats.ts';
import type { RoomSeat } from '../src/console/types.ts';
import HandOver from '../src/lib/presenting/HandOver.svelte';
import type { Attendance, Member, Speaking, Vote } from '../src/lib/sections.ts';
import { useTexts } from '$lib/i18n/texts.svelte.ts';

beforeEach(() => useTexts('common', 'console', 'meeting'));
afterEach(cleanup);

const device = { id: 'd', state: 'approved', online: true };
const seatsOf = (plan: readonly { label: string; x: number; y: number }[]): RoomSeat[] => plan.map((one) => ({ ...one, id: one.label, device }));
const person = (name: string, position: string, more: Partial<Placed> = {}): Placed => ({ person: name, name, position, unit: '', role: 'member', seat: null, ...more });
const labels = (placed: readonly Placed[]): Record<string, string | null> => Object.fromEntries(placed.map((one) => [one.name, one.seat]));

const HOUSE = [
  person('Khách', 'Chánh án', { role: 'guest' }),
  person('Chuyên viên', 'Chuyên viên'),
  person('Phó phòng', 'Phó Trưởng phòng 1'),
  person('Trưởng phòng', 'Trưởng phòng, Kiểm sát viên cao cấp'),
  person('Phó viện', 'Phó Viện trưởng Viện kiểm sát nhân dân tỉnh'),
  person('Viện trưởng', 'Viện trưởng Viện kiểm sát nhân dân tỉnh', { role: 'chair' }),
  person('Thư ký', 'Chánh Văn phòng', { role: 'secretary' }),
];

describe('placing by rank', () => {
  it('orders offices from the highest, a deputy after the office and before the next one', () => {
    const down = [
      'Viện trưởng Viện kiểm sát nhân dân tối cao',
      'Phó Viện trưởng Viện kiểm sát nhân dân tối cao',
      'Viện trưởng Viện kiểm sát nhân dân tỉnh Quảng Ninh',
      'Phó Viện trưởng Viện kiểm sát nhân dân khu vực 3',
      'Vụ trưởng Vụ 14',
      'Phó Vụ trưởng Vụ 14',
      'Trưởng phòng 2',
      'PHÓ TRƯỞNG PHÒNG 2',
      'Kiểm sát viên trung cấp',
      'Kiểm tra viên',
      'Cố vấn',
    ];
    const ranks = down.map(rankOf);
    expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
    expect(new Set(ranks).size).toBe(down.length);
  });

  it('seats the chair first, members by rank, then secretary and guests', () => {
    expect(byRank(HOUSE).map((one) => one.name)).toEqual(['Viện trưởng', 'Phó viện', 'Trưởng phòng', 'Phó phòng', 'Chuyên viên', 'Thư ký', 'Khách']);
  });

  it('does not take who serves an office, has left it, or holds one elsewhere for its holder', () => {
    const officer = rankOf('Chuyên viên');
    for (const more of ['Bí thư Đoàn thanh niên', 'Bí thư chi đoàn', 'Phó Bí thư Chi bộ', 'Chủ tịch Công đoàn', 'Thư ký Viện trưởng', 'nguyên Phó Viện trưởng']) {
      expect(rankOf(`Chuyên viên, ${more}`), more).toBe(officer);
    }
    expect(rankOf('Trợ lý Viện trưởng Viện kiểm sát nhân dân tối cao')).toBeGreaterThan(officer);
    expect(rankOf('Viện trưởng, nguyên Phó Viện trưởng')).toBe(rankOf('Viện trưởng'));
    expect(rankOf('Viện trưởng Viện kiểm sát nhân dân tỉnh Thái Nguyên, Bí thư Đảng ủy')).toBe(rankOf('Bí thư Ban cán sự đảng'));
  });
  it('keeps the order of the list among equals', () => {
    const equals = ['c', 'a', 'b'].map((name) => person(name, 'Kiểm sát viên trung cấp'));
    expect(byRank(equals).map((one) => one.name)).toEqual(['c', 'a', 'b']);
  });

  it('names a new one behind the last who ranks as high, and leaves a list that was ordered by hand as it is', () => {
    const names = (list: readonly Placed[]): string[] => list.map((one) => one.name);
    const fresh = [person('KSV', 'KSV sơ cấp'), person('Phó viện 2', 'Phó Viện trưởng'), person('Khách 2', '', { role: 'guest' })];
    expect(names(joined(byRank(HOUSE), fresh))).toEqual(['Viện trưởng', 'Phó viện', 'Phó viện 2', 'Trưởng phòng', 'Phó phòng', 'KSV', 'Chuyên viên', 'Thư ký', 'Khách', 'Khách 2']);
    const own = move(byRank(HOUSE), 'Khách', -6);
    expect(names(own).slice(0, 2)).toEqual(['Khách', 'Viện trưởng']);
    expect(names(joined(own, fresh.slice(1, 2))).slice(0, 4)).toEqual(['Khách', 'Viện trưởng', 'Phó viện', 'Phó viện 2']);
    expect(move(own, 'Khách', -1)).toBe(own);
    expect(move(own, 'Thư ký', 1)).toBe(own);
  });

  it('sits alternately to the right and left of the head, the nearer first', () => {
    const seats = seatsOf(horseshoe(5, 2)!);
    const head = headOf(seats)!;
    expect(head.label).toBe('A3');
    expect(seatOrder(seats, 'sides', head).map((seat) => seat.label)).toEqual(['A3', 'A2', 'A4', 'A1', 'A5', 'B1', 'C1', 'B2', 'C2']);
  });

  it('goes row by row from the middle of each', () => {
    const seats = seatsOf(grid(2, 3)!);
    expect(seatOrder(seats, 'rows', headOf(seats)!).map((seat) => seat.label)).toEqual(['A2', 'A1', 'A3', 'B2', 'B1', 'B3']);
  });

  it('keeps who was placed by hand when it is told so, and nobody sits on another', () => {
    const seats = seatsOf(grid(2, 4)!);
    const head = headOf(seats)!.id;
    const hand = HOUSE.map((one) => (one.name === 'Chuyên viên' ? { ...one, seat: head } : one));
    const kept = labels(placeByRank(hand, seats, { way: 'rows', head, keep: true }));
    expect(kept['Chuyên viên']).toBe(head);
    expect(kept['Viện trưởng']).not.toBe(head);
    const anew = labels(placeByRank(hand, seats, { way: 'rows', head, keep: false }));
    expect(anew['Viện trưởng']).toBe(head);
    for (const found of [kept, anew]) expect(new Set(Object.values(found)).size).toBe(HOUSE.length);
  });

  it('gives seats with a terminal first, and says who has none when the room is too small', async () => {
    const seats = seatsOf(grid(1, 5)!).map((seat) => ({ ...seat, device: seat.label === 'A2' ? null : device }));
    const found = labels(placeByRank(HOUSE, seats, { way: 'sides', head: 'A3', keep: false }));
    expect(found['Viện trưởng']).toBe('A3');
    expect([found['Phó viện'], found['Trưởng phòng'], found['Phó phòng']]).toEqual(['A1', 'A4', 'A5'].toSorted((a) => (a === found['Phó viện'] ? -1 : 0)));
    expect(found['Chuyên viên']).toBe('A2');
    expect([found['Thư ký'], found['Khách']]).toEqual([null, null]);
  });

  it('shows what comes of it before it is applied', async () => {
    const apply = vi.fn();
    render(PlaceByRank, { members: HOUSE, seats: seatsOf(horseshoe(3, 2)!), onapply: apply, onend: () => undefined });
    const list = screen.getByRole('list', { name: 'Thứ tự và chỗ ngồi' });
    expect(within(list).getAllByRole('listitem')[0]).toHaveTextContent('1. Viện trưởng – A2');
    expect(screen.getByRole('button', { name: /Chỗ A2: Viện trưởng/ })).toBeDisabled();
    await userEvent.selectOptions(screen.getByLabelText('Chỗ của chủ trì'), 'A1');
    expect(within(list).getAllByRole('listitem')[0]).toHaveTextContent('1. Viện trưởng – A1');
    expect(apply).not.toHaveBeenCalled();
    await userEvent.click(screen.getByRole('button', { name: 'Áp dụng' }));
    expect(labels(apply.mock.calls[0]![0] as Placed[])['Viện trưởng']).toBe('A1');
  });
});

describe('live colours of the plan', () => {
  const seat = (name: string, state: WatchedSeat['state']): WatchedSeat => ({ state, member: { person: name } as Member }) as WatchedSeat;
  const word = (name: string, presence: Attendance['presence']): Attendance => ({ person: name, presence }) as Attendance;
  const vote = (state: Vote['state'], voted: string[], kind: Vote['kind'] = 'open'): Vote =>
    ({ state, kind, roll: ['an', 'binh', 'chi'].map((name) => ({ person: name, voted: voted.includes(name) })) }) as unknown as Vote;
  const turn = (name: string, state: string): Speaking => ({ speeches: [{ person: name, state }] }) as unknown as Speaking;

  it('say who is present, away, offline, speaking and has voted', () => {
    const found = marks({ attendance: [word('chi', 'left'), word('dung', 'present')], votes: [vote('open', ['binh'])], speaking: turn('an', 'speaking') });
    const look = (name: string, state: WatchedSeat['state']): string => lookOf(seat(name, state), found);
    expect(look('an', 'here')).toBe('speaking');
    expect(look('binh', 'here')).toBe('voted');
    expect(look('chi', 'online')).toBe('away');
    expect(look('dung', 'none')).toBe('here');
    expect(look('e', 'offline')).toBe('offline');
    expect(look('chi', 'offline')).toBe('offline');
    expect(look('e', 'here')).toBe('here');
  });

  it('say of a secret vote that somebody took part, and of a vote that is over nothing', () => {
    const quiet = { attendance: [], speaking: null };
    expect(lookOf(seat('an', 'here'), marks({ ...quiet, votes: [vote('open', ['an'], 'secret')] }))).toBe('voted');
    expect(lookOf(seat('an', 'here'), marks({ ...quiet, votes: [vote('announced', ['an'])] }))).toBe('here');
    expect(lookOf(seat('an', 'here'), marks({ ...quiet, votes: [], speaking: turn('an', 'called') }))).toBe('here');
  });

  it('have a legend of signs and words with numbers', () => {
    render(Legend, { looks: ['here', 'here', 'speaking', 'offline'] });
    const lines = within(screen.getByRole('list', { name: 'Ký hiệu trên sơ đồ' })).getAllByRole('listitem');
    expect(lines.map((line) => line.textContent?.trim())).toEqual(['Có mặt: 2', 'Đang phát biểu: 1', 'Mất kết nối: 1']);
    for (const line of lines) expect(line.querySelector('svg')).not.toBeNull();
  });
});

describe('F1 handing the presenting over', () => {
  const member = (name: string, signed_in = true): Member => ({ person: name, name, position: 'Kiểm sát viên', unit: '', role: 'member', seat: null, seat_label: '', signed_in });

  it('offers everybody but oneself, those at their seats first, and takes it back', async () => {
    const hand = vi.fn();
    render(HandOver, { members: [member('me'), member('far', false), member('an')], presenter: 'an', me: 'me', busy: false, onhand: hand });
    expect(screen.getAllByRole('listitem').map((line) => line.querySelector('strong')!.textContent)).toEqual(['an', 'far']);
    await userEvent.click(screen.getByRole('button', { name: 'Giao trình chiếu cho far' }));
    await userEvent.click(screen.getByRole('button', { name: 'Lấy lại' }));
    expect(hand.mock.calls).toEqual([['far'], [null]]);
    expect(screen.queryByRole('button', { name: 'Giao trình chiếu cho an' })).toBeNull();
  });
});
