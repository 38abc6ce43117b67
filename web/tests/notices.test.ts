import { describe, expect, it } from 'vitest';
import { type Notice, unread } from '$lib/sections.ts';
import { body, type Draft, fault, fresh } from '../src/console/live/notices/notice.ts';

const draft = (more: Partial<Draft>): Draft => ({ ...fresh(), text: ' Giải lao (demo) ', ...more });

describe('W96 a message as it is typed', () => {
  it.each<[Partial<Draft>, string]>([
    [{ text: '  ' }, 'empty'],
    [{ minutes: -1 }, 'not_number'],
    [{ minutes: '' }, 'not_number'],
    [{ minutes: 1441 }, 'not_number'],
    [{ to: 'seats', chooses: true }, 'nobody'],
    [{ to: 'seats', minutes: '' }, ''],
    [{ minutes: 0.5 }, ''],
  ])('%o: “%s”', (more, expected) => expect(fault(draft(more))).toBe(expected));
  it('is for the wall with a countdown in seconds, or for people', () => {
    expect(body(draft({ minutes: 7.5 }), true)).toEqual({ to: 'wall', text: 'Giải lao (demo)', seconds: 450, send: true });
    expect(body(draft({ to: 'seats' }), false)).toEqual({ to: 'seats', text: 'Giải lao (demo)', send: false });
    expect(body(draft({ to: 'seats', chooses: true, people: ['u-1'] }), true)).toEqual({ to: 'seats', text: 'Giải lao (demo)', people: ['u-1'], send: true });
  });
});

describe('W96 what waits to be read', () => {
  const notice = (more: Partial<Notice>): Notice => ({
    notice: 'n-1', to: 'seats', text: 'x', people: ['u-1'], seconds: 0, by: 'u-9', state: 'sent', sent_at: null, ends_at: null, read: [], ...more,
  });
  it('is sent to the person, to the seats, and not read by them', () => {
    const all = [
      notice({}), notice({ people: ['u-2'] }), notice({ state: 'prepared' }), notice({ state: 'withdrawn' }), notice({ to: 'wall', people: [] }),
      notice({ read: [{ person: 'u-1', at: '' }] }), notice({ notice: 'n-2', read: [{ person: 'u-2', at: '' }] }),
    ];
    expect(unread(all, 'u-1').map((each) => each.notice)).toEqual(['n-1', 'n-2']);
    expect(unread(undefined, 'u-1')).toEqual([]);
  });
});
