/** What is said before a meeting, put together for its page (W142–W145). */
import { describe, expect, it } from 'vitest';
import { type Advance, type Board, groups, hindrance, type Remark, reordered, standing, tone, unanswered } from '../src/console/before/before.ts';

const AT = '2026-11-23T02:00:00.000Z';
const remark = (n: number, more: Partial<Remark> = {}): Remark => ({
  remark: `h-${n}`, item: 'i-1', item_number: '1', item_title: 'Một', paper: null, paper_title: '', page: 0, kind: 'question', readers: 'all',
  text: 'Số liệu?', person: `u-${n}`, name: `Đồng chí ${n} (demo)`, position: '', unit: '', written_at: AT, changed_at: null, revision: 1,
  answer: null, mine: false, may_change: false, may_answer: false, ...more,
});
const wish = (n: number, more: Partial<Advance> = {}): Advance => ({
  advance: `q-${n}`, item: 'i-1', item_number: '1', item_title: 'Một', person: `u-${n}`, name: `Đồng chí ${n} (demo)`, position: '', unit: '',
  about: 'Chỉ tiêu', minutes: 5, asked_at: AT, state: 'asked', reason: '', joined: false, here: false, may_come: true, mine: false,
  may_withdraw: false, may_decide: true, may_hand_in: false, ...more,
});
const board = (more: Partial<Board> = {}): Board => ({
  meeting: 'm-1', title: 'Họp', phase: 'approved', remarks: [], advances: [], may_write: false, may_ask: false, may_lead: false, ...more,
});

describe('what is said before a meeting', () => {
  it('stands by item in the order of the agenda, what is gone last', () => {
    const agenda = [{ item: 'i-2', number: '1', title: 'Hai' }, { item: 'i-1', number: '2', title: 'Một' }];
    const gone = { item: 'i-9', item_number: '', item_title: '' };
    const found = groups({ remarks: [remark(1), remark(2, gone)], advances: [wish(3, gone), wish(4)] }, agenda);
    expect(found.map((one) => [one.item, one.remarks.length, one.advances.length])).toEqual([['i-2', 0, 0], ['i-1', 1, 1], ['i-9', 1, 1]]);
  });

  it('counts questions without an answer, never comments', () => {
    const answer = { text: 'Đây', person: 'u-9', name: 'Phòng 7', at: AT };
    expect(unanswered([remark(1), remark(2, { answer }), remark(3, { kind: 'comment' })])).toBe(1);
  });

  it('moves a request among those that are open', () => {
    const all = [wish(1), wish(2, { state: 'withdrawn' }), wish(3, { state: 'accepted' }), wish(4, { state: 'accepted', joined: true })];
    expect(reordered(all, 'q-3', -1)).toEqual(['q-3', 'q-1']);
    expect(reordered(all, 'q-1', -1)).toBeNull();
    expect(reordered(all, 'q-3', 1)).toBeNull();
    expect(reordered(all, 'q-2', 1)).toBeNull();
  });

  it('says how a request stands, the queue before all', () => {
    expect(standing(wish(1, { state: 'accepted', joined: true }))).toBe('joined');
    expect([wish(1), wish(1, { state: 'refused' }), wish(1, { state: 'accepted' }), wish(1, { state: 'gone' })].map(tone)).toEqual(['warn', 'bad', 'good', 'neutral']);
  });

  it('says why nothing can be sent', () => {
    expect(hindrance(board({ may_write: true }), false)).toBeNull();
    expect(hindrance(board({ phase: 'draft' }), true)).toBe('not_yet');
    expect(hindrance(board({ phase: 'open' }), false)).toBe('over');
    expect(hindrance(board({ phase: 'open', may_lead: true }), true)).toBe('over_lead');
    expect([board({ phase: 'closed', may_lead: true }), board({ phase: 'locked' })].map((one) => hindrance(one, true))).toEqual(['ended', 'ended']);
    expect(hindrance(board(), false)).toBe('no_right');
    // Whoever prepares without being in the meeting decides, and writes nothing.
    expect(hindrance(board({ may_lead: true }), true)).toBeNull();
  });
});
