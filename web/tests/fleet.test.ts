import { expect, it } from 'vitest';
import { alerted } from '../src/console/fleet/alerts.ts';
import { goingOff, matching } from '../src/console/fleet/fleet.ts';
import { merged } from '../src/console/fleet/told.ts';
import type { Device } from '../src/console/types.ts';

const NOW = Date.parse('2026-11-23T02:00:00Z');
const device = (id: string, more: Partial<Device> = {}): Device => ({
  id,
  code: '',
  state: 'approved',
  serial: '',
  seat: 's-1',
  seat_label: id.toUpperCase(),
  room: 'r-1',
  room_name: 'Phòng Đống Đa',
  requested_at: '',
  online: true,
  last_seen_at: null,
  reported_at: null,
  agent: 'phonghop 1.2.0',
  certificate_until: '2026-12-20T00:00:00Z',
  seqs: {},
  disk_free_mb: null,
  ...more,
});

it('takes what changed and leaves every other terminal the very same object', () => {
  const known = merged([], { devices: [device('a'), device('b'), device('c')] });
  const after = merged(known, { changed: [device('b', { online: false }), device('n')], gone: ['c'] });
  expect(after.map(({ id, online }) => [id, online])).toEqual([['n', true], ['a', true], ['b', false]]);
  expect(after[1]).toBe(known[0]);
});

it('finds rows by any of their words, without marks, and those that need somebody', () => {
  const all = [
    device('a1', { serial: 'KS-01' }),
    device('a2', { online: false }),
    device('a3', { certificate_until: '2026-11-25T00:00:00Z' }),
    device('a4', { online: false, state: 'revoked' }),
  ];
  const ids = (words: string, shown: 'all' | 'offline' | 'attention'): string[] => matching(all, words, shown, NOW).map(({ id }) => id);
  expect(ids('dong da ks', 'all')).toEqual(['a1']);
  expect(ids('  ', 'all')).toEqual(['a1', 'a2', 'a3', 'a4']);
  expect(ids('', 'offline')).toEqual(['a2']);
  expect(ids('', 'attention')).toEqual(['a2', 'a3']);
  expect(ids('không có', 'all')).toEqual([]);
});

it('puts a key at two places first, and has nothing to say of a terminal that was revoked', () => {
  const alert = (kind: 'copied' | 'reenrolled', since: string) => ({ kind, since, last_at: since, times: 1, detail: '' });
  const all = alerted([
    device('a', { alerts: [alert('reenrolled', '2026-11-01T00:00:00Z')] }),
    device('b', { alerts: [alert('copied', '2026-11-22T00:00:00Z'), alert('reenrolled', '2026-10-01T00:00:00Z')] }),
    device('c', { state: 'revoked', alerts: [alert('copied', '2026-11-01T00:00:00Z')] }),
    device('d'),
  ]);
  expect(all.map(({ key, grave }) => [key, grave])).toEqual([['b.copied', true], ['b.reenrolled', false], ['a.reenrolled', false]]);
});

it('says of the terminals that are switched off how many hear it, and which nobody switches on again from afar', () => {
  const card = (wakes: boolean) => ({ card: { mac: '', wakes } });
  const known = [device('a', card(true)), device('b', card(false)), device('c', { card: null }), device('d', { ...card(true), online: false })];
  const chosen = ['a', 'b', 'c', 'd', 'x'].map((id) => ({ id, label: id.toUpperCase() }));
  expect(goingOff(chosen, known)).toEqual({ off: 3, lost: ['B', 'C'] });
});
