import { cleanup, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { useTexts } from '../src/lib/i18n/texts.svelte.ts';
import { quorumWords, ruleText } from '../src/lib/roll/words.ts';
import type { Attendance, Member, Quorum } from '../src/lib/sections.ts';
import { choices, countOf, isLate, needsReason, nextWord, type Presence, rollOf, shown } from '../src/console/live/roll/roll.ts';
import RollSheet from '../src/console/live/roll/RollSheet.svelte';
import RollPanel from '../src/console/live/roll/RollPanel.svelte';
import { choiceOf, rollOf as ruleOf } from '../src/console/meeting/rule.ts';
import type { MeetingDesk } from '../src/console/meeting/desk.svelte.ts';
import Leave from '../src/seat/roll/Leave.svelte';
import Roll from '../src/seat/roll/Roll.svelte';
import type { Seat } from '../src/seat/seat.svelte.ts';
import { standing } from '../src/seat/roll/stand.ts';

const member = (person: string, name: string, role: Member['role'] = 'member', signed_in = false): Member => ({
  person, name, position: 'Kiểm sát viên', unit: 'Phòng 1', role, seat: null, seat_label: '', signed_in,
});
const entry = (person: string, presence: Presence, more: Partial<Attendance> = {}): Attendance => ({
  person, presence, method: 'staff', at: '2026-11-23T01:30:00.000Z', arrived_at: null, reason: '', statement: '', ...more,
});
const quorum: Quorum = { present: 20, entitled: 45, need: 30, met: false, by_self: true, rule: { num: 2, den: 3, more: false } };
const PEOPLE = [member('u-1', 'Nguyễn Thị Đào (demo)', 'chair'), member('u-2', 'Trần Văn Bình (demo)'), member('u-3', 'Lê Khách (demo)', 'guest', true)];

beforeAll(async () => {
  await useTexts('common', 'console', 'seat', 'roll');
});
afterEach(cleanup);

describe('A4 the quorum in words', () => {
  it('says how many are there, how many have to be, and whether that is enough', () => {
    expect(quorumWords(quorum)).toBe('20/45 đại biểu có mặt · cần 30 · chưa đủ điều kiện, còn thiếu 10');
    expect(quorumWords({ ...quorum, present: 31, met: true })).toBe('31/45 đại biểu có mặt · cần 30 · đủ điều kiện');
    expect(quorumWords({ ...quorum, need: null, rule: null })).toBe('20/45 đại biểu có mặt');
    expect(ruleText(quorum.rule)).toBe('ít nhất 2/3 tổng số đại biểu');
    expect(ruleText({ num: 1, den: 2, more: true })).toBe('quá nửa tổng số đại biểu');
  });

  it('is chosen as it is read, and left to the house where nothing was chosen', () => {
    for (const choice of ['none', '>1/2', '2/3', '5/7']) {
      const sent = ruleOf(choice, false)!;
      expect(choiceOf({ ...quorum, rule: sent.quorum })).toBe(choice);
    }
    expect(ruleOf(choiceOf(undefined), true)).toBeUndefined();
  });
});

describe('W86 W87 whoever sits at a seat', () => {
  it('is not late when they sat there before the opening, and still counts when the seats are cleared', () => {
    const early = { ...PEOPLE[2]!, in_time: true };
    expect(rollOf([early, PEOPLE[2]!], []).map((row) => nextWord(row, true))).toEqual(['present', 'late']);
    expect(rollOf([{ ...PEOPLE[1]!, stayed: true }, PEOPLE[1]!], []).map((row) => row.group)).toEqual(['here', 'none']);
  });
});

describe('A1 who comes late', () => {
  it('comes after the opening and the appointed time, and later than a roll takes to be written', () => {
    const at = (time: string): number => Date.parse(`2026-11-23T${time}:00Z`);
    const early = { opened_at: '2026-11-23T06:26:00Z', starts_at: '2026-11-23T06:30:00Z' };
    expect(isLate({ ...early, opened_at: null }, at('07:00'))).toBe(false);
    expect([at('06:26'), at('06:40'), at('06:41')].map((now) => isLate(early, now))).toEqual([false, false, true]);
    expect([at('06:30'), at('06:31')].map((now) => isLate(early, now, 0))).toEqual([false, true]);
    const delayed = { opened_at: '2026-11-23T06:50:00Z', starts_at: '2026-11-23T06:30:00Z' };
    expect([at('06:52'), at('07:01')].map((now) => isLate(delayed, now))).toEqual([false, true]);
  });
});

describe('A1 the roll as staff keep it', () => {
  const rows = rollOf(PEOPLE, [entry('u-1', 'present'), entry('u-2', 'left')]);

  it('puts everybody in one group, and a seat fills the silence of the roll', () => {
    expect(rows.map((row) => row.group)).toEqual(['here', 'away', 'here']);
    expect(countOf(rows)).toEqual({ all: 3, none: 0, here: 2, away: 1, excused: 0, absent: 0 });
    expect(rows.map((row) => row.counts)).toEqual([true, true, false]);
    expect(shown(rows, 'here', 'dao').map((row) => row.member.person)).toEqual(['u-1']);
  });

  it('offers what comes next, and asks for a reason where a word contradicts the one before', () => {
    expect(rows.map((row) => nextWord(row, true))).toEqual(['left', 'returned', 'late']);
    expect(choices([rows[1]!])).toEqual(['present', 'late', 'returned', 'excused', 'absent']);
    expect(needsReason([rows[1]!], 'returned')).toBe(false);
    expect(needsReason([rows[1]!], 'absent')).toBe(true);
    expect(needsReason([rows[2]!], 'excused')).toBe(true);
  });

  function desk(): MeetingDesk {
    const meeting = { opened_at: '2026-11-23T01:30:00.000Z', starts_at: '2026-11-23T01:30:00.000Z' };
    return {
      path: '/api/meetings/m-1',
      now: { members: PEOPLE, agenda: [], attendance: [entry('u-1', 'present')], quorum, meeting },
      act: vi.fn(async () => true),
      send: vi.fn(async () => ({})),
    } as unknown as MeetingDesk;
  }

  it('writes by a touch, by a key, and for several at once', async () => {
    const made = desk();
    render(RollPanel, { desk: made, onclose: () => undefined });
    await userEvent.click(screen.getByRole('button', { name: 'Đến muộn: Trần Văn Bình (demo)' }));
    expect(made.act).toHaveBeenLastCalledWith('attendance', { people: ['u-2'], presence: 'late' });
    screen.getByRole('checkbox', { name: /Đào/ }).focus();
    await userEvent.keyboard('r');
    expect(made.act).toHaveBeenLastCalledWith('attendance', { people: ['u-1'], presence: 'left' });
    await userEvent.keyboard('{ArrowDown} ');
    await userEvent.keyboard('{ArrowDown} v');
    expect(made.act).toHaveBeenLastCalledWith('attendance', { people: ['u-2', 'u-3'], presence: 'absent' });
    expect(made.act).toHaveBeenCalledTimes(3);
  });

  it('asks why before it corrects, and sends nothing without the reason', async () => {
    vi.stubGlobal('fetch', async () => new Response(JSON.stringify({ items: [], people: [] }), { status: 200 }));
    HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
      this.open = true;
    };
    const made = desk();
    render(RollPanel, { desk: made, onclose: () => undefined });
    screen.getByRole('checkbox', { name: /Đào/ }).focus();
    await userEvent.keyboard('v');
    await userEvent.click(await screen.findByRole('button', { name: 'Ghi' }));
    expect(screen.getByText('Hãy ghi lý do.')).toBeInTheDocument();
    expect(made.send).not.toHaveBeenCalled();
    await userEvent.type(screen.getByRole('textbox', { name: 'Lý do' }), 'ghi nhầm');
    await userEvent.click(screen.getByRole('button', { name: 'Ghi' }));
    expect(made.send).toHaveBeenCalledExactlyOnceWith('attendance', { people: ['u-1'], presence: 'absent', reason: 'ghi nhầm' });
  });
});

describe('BB3 the roll after the close', () => {
  it('is corrected on the sheet by who leads, with a reason, and nobody comes or goes any more', async () => {
    HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
      this.open = true;
    };
    const people = PEOPLE.map(({ person, name }) => ({ person, name, counts: true, words: [], spans: [], seconds: [] }));
    vi.stubGlobal('fetch', async () => new Response(JSON.stringify({ items: [], people }), { status: 200 }));
    const meeting = { id: 'm-1', title: 'Giao ban (demo)', room_name: '', starts_at: null };
    const now = { members: PEOPLE, agenda: [], attendance: [entry('u-1', 'present')], quorum, meeting };
    const send = vi.fn(async () => ({}));
    const closed = { path: '/api/meetings/m-1', now, send, phase: 'closed', isChair: true, isSecretary: false, rehearsalOf: null };
    const { unmount } = render(RollSheet, { desk: { ...closed, phase: 'locked' } as unknown as MeetingDesk });
    await screen.findByText(PEOPLE[0]!.name);
    expect(screen.queryByRole('button', { name: /Sửa điểm danh/ })).toBeNull();
    unmount();
    render(RollSheet, { desk: closed as unknown as MeetingDesk });
    await userEvent.click(await screen.findByRole('button', { name: `Sửa điểm danh: ${PEOPLE[0]!.name}` }));
    expect(screen.queryByRole('radio', { name: 'Rời đi' })).toBeNull();
    await userEvent.click(screen.getByRole('radio', { name: 'Đến muộn' }));
    await userEvent.click(screen.getByRole('button', { name: 'Ghi' }));
    expect(screen.getByText('Hãy ghi lý do.')).toBeInTheDocument();
    await userEvent.type(screen.getByRole('textbox', { name: 'Lý do' }), 'ghi sót');
    await userEvent.click(screen.getByRole('button', { name: 'Ghi' }));
    expect(send).toHaveBeenCalledExactlyOnceWith('attendance', { people: ['u-1'], presence: 'late', reason: 'ghi sót' });
  });
});

describe('A1 the roll at the seat', () => {
  it('asks to sign, to say, or nothing', () => {
    const about = { phase: 'open', canSign: false, bySelf: true } as const;
    expect(standing({ ...about, entry: undefined })).toBe('say');
    expect(standing({ ...about, entry: undefined, canSign: true })).toBe('sign');
    expect(standing({ ...about, entry: undefined, bySelf: false })).toBe('none');
    expect(standing({ ...about, entry: entry('u-1', 'late') })).toBe('none');
    expect(standing({ ...about, entry: entry('u-1', 'excused') })).toBe('away');
    expect(standing({ ...about, entry: entry('u-1', 'present', { statement: 'ab' }), phase: 'approved' })).toBe('signed');
    expect(standing({ ...about, entry: undefined, phase: 'closed' })).toBe('none');
  });

  function seat(attendance: Attendance[]): Seat {
    const now = { attendance, quorum, meeting: { phase: 'open' }, acts: [] };
    return { now, waits: () => false, ask: vi.fn(), act: vi.fn(async () => 'a-1') } as unknown as Seat;
  }

  it('says that one is back, and leaves with a reason that is chosen', async () => {
    const away = seat([entry('u-1', 'left')]);
    render(Roll, { seat: away, person: 'u-1' });
    await userEvent.click(screen.getByRole('button', { name: 'Báo đã trở lại' }));
    expect(away.ask).toHaveBeenCalledExactlyOnceWith('presence', { said: 'here' });
    cleanup();
    const there = seat([entry('u-1', 'late')]);
    const ondone = vi.fn();
    render(Leave, { seat: there, person: 'u-1', ondone });
    await userEvent.click(screen.getByRole('button', { name: 'Xin về sớm' }));
    await userEvent.click(screen.getByRole('button', { name: 'Có cuộc họp khác' }));
    await userEvent.click(screen.getByRole('button', { name: 'Báo rời đi' }));
    expect(there.act).toHaveBeenCalledExactlyOnceWith('presence', { said: 'left', reason: 'Có cuộc họp khác' });
    expect(ondone).toHaveBeenCalledOnce();
  });
});
