import { cleanup, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { tick } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { useTexts } from '$lib/i18n/texts.svelte.ts';
import { Failure } from '$lib/failure.ts';
import { Fetched } from '../src/console/fetched.svelte.ts';
import { LateDevices } from '../src/console/fleet/late.svelte.ts';
import SeatChoice from '../src/console/fleet/SeatChoice.svelte';
import PersonSearch from '../src/console/meeting/PersonSearch.svelte';
import SeatsCard from '../src/console/meeting/SeatsCard.svelte';
import type { Placed } from '../src/console/meeting/members.ts';
import type { Account, Device, Room, RoomSeat } from '../src/console/types.ts';

/** A question that is answered by hand. */
function asked<T>(): { fetched: Fetched<T>; answer: (value: T) => Promise<void>; refuse: () => Promise<void> } {
  const waits: { resolve: (value: T) => void; reject: (why: Failure) => void }[] = [];
  const fetched = new Fetched<T>(() => new Promise((resolve, reject) => waits.push({ resolve, reject })));
  const settle = async (): Promise<void> => {
    await new Promise((done) => setTimeout(done));
    await tick();
  };
  return {
    fetched,
    answer: (value) => (waits.shift()!.resolve(value), settle()),
    refuse: () => (waits.shift()!.reject(new Failure('network')), settle()),
  };
}
const account = (id: string, name: string, more: Partial<Account> = {}): Account => ({
  id,
  name,
  position: '',
  unit: '',
  roles: [],
  username: id,
  disabled: false,
  ...more,
});

beforeEach(() => useTexts('common', 'console', 'meeting', 'fleet'));
afterEach(cleanup);

describe('something that is fetched', () => {
  it('is on its way, here, or refused, and keeps what was here', async () => {
    const { fetched, answer, refuse } = asked<number>();
    void fetched.load();
    expect([fetched.loading, fetched.value, fetched.failure]).toEqual([true, null, null]);
    await refuse();
    expect([fetched.loading, fetched.value, fetched.failure?.code]).toEqual([false, null, 'network']);
    void fetched.load();
    expect(fetched.loading).toBe(true);
    await answer(1);
    void fetched.load();
    await refuse();
    expect([fetched.value, fetched.failure?.code]).toEqual([1, 'network']);
  });
  it('drops the answer of an older question', async () => {
    const { fetched, answer } = asked<number>();
    void fetched.load();
    void fetched.load();
    await answer(1);
    expect(fetched.value).toBeNull();
    await answer(2);
    expect(fetched.value).toBe(2);
  });
});

describe('the search for people', () => {
  it('says nobody matches only when everybody is known', async () => {
    const { fetched, answer, refuse } = asked<Account[]>();
    void fetched.load();
    render(PersonSearch, { people: fetched, known: new Set<string>(), onadd: () => undefined });
    await userEvent.type(screen.getByRole('searchbox'), 'lan');
    expect(screen.getByText('Đang tải danh sách người…')).toBeVisible();
    expect(screen.queryByText(/Không có ai khớp/)).toBeNull();
    await refuse();
    expect(screen.getByText(/Chưa tải được danh sách người/)).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Thử lại' }));
    await answer([account('u-1', 'Nguyễn Thị Lân'), account('u-2', 'Trần Lan', { disabled: true })]);
    expect(screen.getByRole('button', { name: /Nguyễn Thị Lân/ })).toBeVisible();
    expect(screen.queryByText(/Trần Lan/)).toBeNull();
    await userEvent.type(screen.getByRole('searchbox'), ' khong');
    expect(screen.getByText(/Không có ai khớp với/)).toBeVisible();
  });
  it('says of a member that they are one already', async () => {
    const { fetched, answer } = asked<Account[]>();
    void fetched.load();
    await answer([account('u-1', 'Nguyễn Thị Lân')]);
    render(PersonSearch, { people: fetched, known: new Set(['u-1']), onadd: () => undefined });
    await userEvent.type(screen.getByRole('searchbox'), 'lan');
    expect(screen.getByText('Nguyễn Thị Lân đã có trong thành phần.')).toBeVisible();
  });
});

describe('the seats of a room', () => {
  const seat = (label: string, device: RoomSeat['device']): RoomSeat => ({ id: label, label, x: 0, y: 0, device });
  const seats = [
    seat('A1', { id: 'd-1', state: 'approved', online: true }),
    seat('A2', { id: 'd-2', state: 'approved', online: false }),
    seat('A3', null),
  ];
  const props = { name: 'P1', room: 'r-1', holder: new Map<string, Placed>(), chosen: null, mayChange: true, onseat: () => undefined };

  it('say in words which have a terminal, and count them', async () => {
    const { fetched, answer } = asked<Room[]>();
    void fetched.load();
    await answer([]);
    render(SeatsCard, { ...props, rooms: fetched, seats });
    for (const words of ['Chỗ A1: còn trống · có thiết bị', 'Chỗ A2: còn trống · thiết bị mất kết nối', 'Chỗ A3: còn trống · chưa có thiết bị']) {
      expect(screen.getByRole('button', { name: words })).toBeVisible();
    }
    expect(screen.getAllByRole('listitem').map((one) => one.textContent.trim().replace(/\s+/g, ' '))).toEqual([
      'có thiết bị: 1',
      'thiết bị mất kết nối: 1',
      'chưa có thiết bị: 1',
    ]);
  });
  it('are not said to be none while they are on their way, nor when asking failed', async () => {
    const { fetched, refuse } = asked<Room[]>();
    void fetched.load();
    render(SeatsCard, { ...props, rooms: fetched, seats: [] });
    expect(screen.getByRole('status')).toHaveTextContent('Đang tải');
    await refuse();
    expect(screen.queryByText('Phòng này chưa có chỗ ngồi')).toBeNull();
    expect(screen.getByRole('button', { name: 'Thử lại' })).toBeVisible();
  });
  it('D1 are not missing for a terminal that is to be let in while they are on their way', async () => {
    const { fetched, answer } = asked<Room[]>();
    void fetched.load();
    render(SeatChoice, { rooms: fetched, seat: '' });
    expect(screen.queryByText(/Chưa có phòng họp/)).toBeNull();
    await answer([{ id: 'r', name: 'Phòng họp 1', seats }]);
    expect(screen.getByRole('option', { name: 'Chỗ A3: còn trống' })).toBeInTheDocument();
  });
});

describe('D4 terminals that are behind', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  const device = (id: string, seq: number): Device => ({ id, state: 'approved', online: true, seqs: { 'm-1': seq } }) as unknown as Device;

  it('are told only when the time of their next report has passed', () => {
    const late = new LateDevices(20_000);
    const slow = device('d-2', 40);
    late.hear([device('d-1', 43), slow]);
    expect(late.behind(slow)).toBe(0);
    vi.advanceTimersByTime(21_000);
    expect(late.behind(slow)).toBe(3);
    const again = device('d-2', 43);
    late.hear([device('d-1', 43), again]);
    expect(late.behind(again)).toBe(0);
    late.close();
  });
  it('are not those that only report later than others', () => {
    const late = new LateDevices(20_000);
    for (let seq = 40; seq < 60; seq += 1) {
      const other = device('d-2', seq - 1);
      late.hear([device('d-1', seq), other]);
      vi.advanceTimersByTime(15_000);
      expect(late.behind(other), `at ${seq}`).toBe(0);
    }
    late.close();
  });
});
