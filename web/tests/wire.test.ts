import { describe, expect, it } from 'vitest';
import { type Json, decode, encode } from '$lib/wire/canonical.ts';
import { type Event, checkChain, eventHash, hex } from '$lib/wire/events.ts';
import { activeItem, type AgendaItem, nextItem } from '$lib/sections.ts';
import { type Ballot, commitment, newNonce } from '$lib/wire/ballots.ts';
import { isId, newId } from '$lib/wire/ids.ts';
import { pairingCode } from '$lib/wire/pairing.ts';
import { fromBase64, fromHex, vectors } from './files.ts';

describe('W03 canonical JSON', () => {
  const { values, refused } = vectors<{
    values: { name: string; value: Json; hex: string }[];
    refused: { name: string; hex: string }[];
  }>('canonical');

  it.each(values)('prints and reads $name as Python does', ({ value, hex: bytes }) => {
    expect(hex(encode(value))).toBe(bytes);
    expect(decode(fromHex(bytes))).toEqual(value);
  });
  it.each(refused)('refuses $name', ({ hex: bytes }) => {
    expect(() => decode(fromHex(bytes))).toThrow();
  });
});

describe('W40, W41 the meeting’s log', () => {
  const log = vectors<{ meeting: string; events: Event[]; broken: { name: string; events: Event[] }[] }>('events');
  const after = log.events[3]!;

  it('is whole from its beginning, and from any event on', async () => {
    await checkChain(log.events, { meeting: log.meeting });
    await checkChain(log.events.slice(4), { meeting: log.meeting, after });
  });
  it.each(log.broken)('is seen to be broken when $name', async ({ events }) => {
    await expect(checkChain(events, { meeting: log.meeting })).rejects.toThrow();
  });
  it('is seen to be rewritten even when the changed event states its own new hash', async () => {
    const changed = { ...log.events[1]!, data: { members: [] } };
    const forged = { ...changed, hash: await eventHash(changed) };
    const events = [log.events[0]!, forged, ...log.events.slice(2)];
    await expect(checkChain(events, { meeting: log.meeting })).rejects.toThrow('hash of the one before');
  });
  it('is seen to have a gap after the last event known', async () => {
    await expect(checkChain(log.events.slice(5), { meeting: log.meeting, after })).rejects.toThrow('expected');
  });
});

it.each(vectors<{ devices: { spki: string; code: string }[] }>('pairing').devices)(
  'W50 the pairing code of a key is $code',
  async ({ spki, code }) => {
    expect(await pairingCode(fromBase64(spki))).toBe(code);
  },
);

describe('W02 ids', () => {
  it('are of the form the server reads', () => {
    expect(isId('a', newId('a'))).toBe(true);
    expect(newId('a')).not.toBe(newId('a'));
  });
  it('spell their bytes as Python’s base 32 does', () => {
    expect(newId('m', new Uint8Array(10))).toBe('m-aaaaaaaaaaaaaaaa');
    expect(newId('m', new Uint8Array(10).fill(255))).toBe('m-7777777777777777');
    expect(newId('a', new TextEncoder().encode('0123456789'))).toBe('a-gaytemzugu3doobz');
  });
  it('of another kind or form are none', () => {
    expect(isId('a', 'm-aaaaaaaaaaaaaaaa')).toBe(false);
    expect(isId('a', 'a-aaaaaaaaaaaaaaa1')).toBe(false);
    expect(() => newId('a', new Uint8Array(9))).toThrow(RangeError);
  });
});

describe('W67 what a ballot is bound to', () => {
  const { ballots } = vectors<{ ballots: (Ballot & { commitment: string })[] }>('ballots');

  it.each(ballots)('is $commitment here and at the server', async ({ commitment: expected, ...ballot }) => {
    expect(await commitment(ballot)).toBe(expected);
  });
  it('needs 32 bytes that nobody else knows', () => {
    expect(newNonce()).toMatch(/^[0-9a-f]{64}$/);
    expect(newNonce()).not.toBe(newNonce());
  });
});

describe('W47 the item that is dealt with', () => {
  const { steps } = vectors<{ steps: { agenda: AgendaItem[]; current: string | null; next: string | null }[] }>('agenda-progress');

  it.each(steps)('is $current and then $next', ({ agenda, current, next }) => {
    expect(activeItem(agenda)?.number ?? null).toBe(current);
    expect(nextItem(agenda)?.number ?? null).toBe(next);
  });
});
