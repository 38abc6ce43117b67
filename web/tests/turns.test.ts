import { describe, expect, it } from 'vitest';
import type { Round } from '../src/seat/sections.ts';
import { inOrder, isGoing, signedCount, turnOf } from '../src/seat/signing/turns.ts';

const NOW = Date.parse('2026-11-21T02:42:10.000Z');
const ME = 'u-bbbbbbbbbbbbbbbb';

function round(more: Partial<Round> = {}, mine: Partial<Round['signers'][number]> = {}): Round {
  return {
    round: 'k-aaaaaaaaaaaaaaaa', kind: 'minutes', title: 'Biên bản (demo)', ordered: true, revision: 0, size_bytes: 9, sha256: '00',
    opened_at: '2026-11-21T02:30:00.000Z', closed_at: null, leased_by: null, leased_until: null, mark: null,
    signers: [
      { person: 'u-aaaaaaaaaaaaaaaa', name: 'An (demo)', signed_at: null, next: false },
      { person: ME, name: 'Bình (demo)', signed_at: null, next: true, ...mine },
    ],
    ...more,
  };
}

describe('how a round stands for who sits here', () => {
  it('waits for them', () => expect(turnOf(round(), ME, NOW)).toEqual({ kind: 'waits' }));

  it('is somebody else’s turn, by the order or by the lease, and says whose and for how long', () => {
    const before = round({ signers: [{ ...round().signers[0]!, next: true }, { ...round().signers[1]!, next: false }] });
    expect(turnOf(before, ME, NOW)).toEqual({ kind: 'later', before: 'An (demo)' });
    const leased = { leased_by: 'u-aaaaaaaaaaaaaaaa', leased_until: '2026-11-21T02:42:22.000Z' };
    expect(turnOf(round(leased), ME, NOW)).toEqual({ kind: 'leased', name: 'An (demo)', seconds: 12 });
    expect(turnOf(round(leased), ME, NOW + 12_000)).toEqual({ kind: 'waits' });
    expect(turnOf(round({ ...leased, leased_by: ME }), ME, NOW)).toEqual({ kind: 'waits' });
  });

  it('is signed, also when the round is over, or over without them', () => {
    const at = '2026-11-21T02:40:00.000Z';
    expect(turnOf(round({ closed_at: at }, { signed_at: at }), ME, NOW)).toEqual({ kind: 'signed', at });
    expect(turnOf(round({ closed_at: at }), ME, NOW)).toEqual({ kind: 'over' });
    expect(turnOf(round(), 'u-cccccccccccccccc', NOW)).toEqual({ kind: 'over' });
  });

  it('comes first in the list when it waits', () => {
    const done = round({ round: 'k-dddddddddddddddd' }, { signed_at: '2026-11-21T02:40:00.000Z' });
    const over = round({ round: 'k-cccccccccccccccc', closed_at: '2026-11-21T02:40:00.000Z' });
    expect(inOrder([over, done, round()], ME, NOW).map((one) => one.round)).toEqual([round().round, done.round, over.round]);
    expect([signedCount(done), signedCount(over)]).toEqual([1, 0]);
  });

  it('goes on between PIN and the server’s word', () => {
    expect(['checking', 'asking', 'signing', 'sending', 'done', 'failed'].map((step) => isGoing(step as never))).toEqual([true, true, true, true, false, false]);
    expect(isGoing(undefined)).toBe(false);
  });
});
