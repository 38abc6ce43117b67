import { describe, expect, it } from 'vitest';
import { counts, daysLeft, knownOf, pendingOf, spaced } from '../src/console/fleet/fleet.ts';
import { grid, horseshoe } from '../src/console/fleet/plans.ts';
import { lines, verify } from '../src/console/meeting/log.ts';
import { find } from '../src/console/routes.ts';
import type { Device, Role } from '../src/console/types.ts';
import type { Json } from '../src/lib/wire/canonical.ts';
import { type Event, eventHash, genesis } from '../src/lib/wire/events.ts';

const MEETING = 'm-aaaaaaaaaaaaaaaa';

async function chain(...told: [kind: string, data: { [key: string]: Json }, actor?: string][]): Promise<Event[]> {
  const events: Event[] = [];
  let prev = await genesis(MEETING);
  for (const [at, [kind, data, actor = 'person:u-an']] of told.entries()) {
    const body = { v: 1 as const, meeting: MEETING, seq: at + 1, at: '2026-11-21T02:00:00.000Z', actor, kind, data, prev };
    prev = await eventHash(body);
    events.push({ ...body, hash: prev });
  }
  return events;
}

const LOG: Parameters<typeof chain> = [
  ['meeting_created', { title: 'Giao ban', room_name: 'Phòng A' }],
  ['members_set', { members: [{ person: 'u-an', name: 'Nguyễn Văn An', seat: 's-1', seat_label: 'A1' }] }],
  ['agenda_set', { items: [{ item: 'i-1', title: 'Khai mạc' }, { item: 'i-2', title: 'Thảo luận' }] }],
  ['paper_submitted', { paper: 'p-1', title: 'Báo cáo', version: 1, pages: 20 }],
  ['item_started', { item: 'i-2' }],
  ['page_presented', { paper: 'p-1', page: 4, person: 'u-an' }],
  ['person_seated', { person: 'u-an', seat: 's-1' }, 'device:d-1'],
  ['something_newer', {}, 'server'],
];

describe('M2 the log in words', () => {
  it('names people, items, papers and seats from the log itself', async () => {
    const told = lines(await chain(...LOG));
    expect(told.map((line) => line.kind)).toEqual(LOG.map(([kind]) => kind));
    expect(told[0]!.values).toEqual({ title: 'Giao ban', room: 'Phòng A' });
    expect(told[2]!.values).toEqual({ n: 2 });
    expect(told[3]!.values).toEqual({ paper: 'Báo cáo', version: 1, pages: 20 });
    expect(told[4]!.values).toEqual({ item: 'Thảo luận' });
    expect(told[5]!.values).toEqual({ paper: 'Báo cáo', page: 4, person: 'Nguyễn Văn An' });
    expect(told[6]!.values).toEqual({ person: 'Nguyễn Văn An', seat: 'A1' });
    expect(told.map((line) => line.about)).toEqual(['', '', '', 'Báo cáo', 'Thảo luận', 'Báo cáo', 'Nguyễn Văn An', '']);
  });
  it('says who did it, as well as the log knows', async () => {
    const told = lines(await chain(...LOG));
    expect(told[0]!.actor).toEqual({ kind: 'person' });
    expect(told[2]!.actor).toEqual({ name: 'Nguyễn Văn An' });
    expect(told[6]!.actor).toEqual({ kind: 'device' });
    expect(told[7]!.actor).toEqual({ kind: 'server' });
    const known = lines(await chain(...LOG), new Map([['u-an', 'An']]));
    expect(known[0]!.actor).toEqual({ name: 'An' });
  });
  it('survives an event whose data is not what it should be', async () => {
    const told = lines(await chain(['members_set', { members: 'nobody' }], ['page_presented', { page: 'four' }]));
    expect(told.map((line) => line.values)).toEqual([{ n: 0 }, { paper: '', page: 0, person: '' }]);
  });
});

describe('W40, W41 the check of the chain', () => {
  it('finds a whole log whole', async () => {
    const events = await chain(...LOG);
    expect(await verify(events, MEETING)).toEqual({ good: true, events: 8, last: events.at(-1)!.hash });
    expect(await verify([], MEETING)).toMatchObject({ good: true, events: 0 });
  });
  it('names the first event that was changed, taken away, put in or moved', async () => {
    const events = await chain(...LOG);
    const changed = events.map((event, at) => (at === 4 ? { ...event, data: { item: 'i-1' } } : event));
    expect(await verify(changed, MEETING)).toMatchObject({ good: false, seq: 5, at: 4 });
    const taken = events.filter((_, at) => at !== 2);
    expect(await verify(taken, MEETING)).toMatchObject({ good: false, seq: 4, at: 2 });
    const doubled = [...events.slice(0, 3), ...events.slice(2)];
    expect(await verify(doubled, MEETING)).toMatchObject({ good: false, seq: 3, at: 3 });
    const begun = events.slice(1);
    expect(await verify(begun, MEETING)).toMatchObject({ good: false, seq: 2, at: 0 });
    expect(await verify(events, 'm-bbbbbbbbbbbbbbbb')).toMatchObject({ good: false, seq: 1 });
  });
  it('finds one whose hash was made to fit but not the next', async () => {
    const events = await chain(...LOG);
    const forged = { ...events[3]!, data: { ...events[3]!.data, title: 'Khác' } };
    forged.hash = await eventHash(forged);
    expect(await verify(events.with(3, forged), MEETING)).toMatchObject({ good: false, seq: 5 });
  });
});

describe('D4 the terminals', () => {
  const now = Date.parse('2026-11-21T02:00:00.000Z');
  const device = (id: string, more: Partial<Device>): Device =>
    ({ id, state: 'approved', online: true, room_name: 'A', seat_label: id, requested_at: '', certificate_until: null, seqs: {}, ...more }) as Device;
  const all = [
    device('B10', { certificate_until: '2026-11-29T02:00:00.000Z' }),
    device('B2', { online: false, certificate_until: '2026-12-20T02:00:00.000Z' }),
    device('x', { state: 'revoked', online: false, certificate_until: '2026-11-22T02:00:00.000Z' }),
    device('new', { state: 'pending', requested_at: '2026-11-21T01:00:00.000Z' }),
    device('older', { state: 'pending', requested_at: '2026-11-21T00:00:00.000Z' }),
  ];

  it('are counted; a revoked one is neither offline nor expiring', () => {
    expect(counts(all, now)).toEqual({ online: 1, offline: 1, pending: 2, expiring: 1 });
    expect(daysLeft('2026-11-21T01:00:00.000Z', now)).toBe(-1);
    expect(daysLeft(null, now)).toBeNull();
  });
  it('stand in order: the longest waiting first, seats as people count', () => {
    expect(pendingOf(all).map((one) => one.id)).toEqual(['older', 'new']);
    expect(knownOf(all).map((one) => one.id)).toEqual(['B2', 'B10', 'x']);
  });
  it('show their code in groups of four', () => {
    expect(spaced('694234555622')).toBe('6942 3455 5622');
    expect(spaced('6942 3455 5622')).toBe('6942 3455 5622');
  });
});

describe('seat plans by rule', () => {
  it('have different labels and stand within the plan', () => {
    for (const seats of [grid(7, 9)!, grid(1, 1)!, grid(26, 19)!, horseshoe(2, 3)!, horseshoe(30, 40)!]) {
      expect(new Set(seats.map((seat) => seat.label)).size).toBe(seats.length);
      expect(seats.every(({ x, y }) => Number.isInteger(x) && Number.isInteger(y) && x >= 0 && x <= 1000 && y >= 0 && y <= 1000)).toBe(true);
    }
    expect(grid(2, 3)!.map((seat) => seat.label)).toEqual(['A1', 'A2', 'A3', 'B1', 'B2', 'B3']);
    expect(horseshoe(2, 1)!.map((seat) => seat.label)).toEqual(['A1', 'A2', 'B1', 'C1']);
  });
  it('are refused when they cannot be drawn', () => {
    for (const [rows, columns] of [[0, 5], [27, 1], [26, 20], [1.5, 2], [NaN, 2]] as const) expect(grid(rows, columns)).toBeNull();
    expect(horseshoe(0, 3)).toBeNull();
    expect(horseshoe(3, 41)).toBeNull();
  });
});

describe('the screens', () => {
  const has =
    (...mine: Role[]) =>
    (...wanted: Role[]): boolean =>
      wanted.some((role) => mine.includes(role));

  it('are offered to whom they belong', async () => {
    expect((await find('/', has()))?.route.name).toBe('home');
    expect((await find('/devices', has()))).toBeNull();
    expect((await find('/devices', has('it')))?.route.name).toBe('devices');
    expect((await find('/people', has('it')))).toBeNull();
    expect((await find('/people', has('system_admin')))?.route.name).toBe('people');
    expect((await find('/nowhere', has('it')))).toBeNull();
  });
  it('find a meeting, its part and its paper; “new” is no meeting', async () => {
    expect((await find('/meetings/new', has('secretary')))?.route.name).toBe('create');
    expect((await find('/meetings/m-1/papers/p-2', has()))).toMatchObject({ route: { name: 'meeting' }, params: { meeting: 'm-1', tab: 'papers', paper: 'p-2' } });
    expect((await find('/meetings/m-1', has()))?.params).toEqual({ meeting: 'm-1' });
  });
});
