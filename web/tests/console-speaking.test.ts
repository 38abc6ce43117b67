/** A member's own speaking at a console: what is offered and why not, one act whatever the network does, what was typed, the warning. */
import { cleanup, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { serverClock } from '$lib/clock.svelte.ts';
import { Failure } from '$lib/failure.ts';
import { setLanguage, useTexts } from '$lib/i18n/texts.svelte.ts';
import type { AgendaItem, MeetingSections, Member, Speech } from '$lib/sections.ts';
import { myTurn } from '$lib/speaking/mine.ts';
import { hadOf, hindrance, ownOf } from '$lib/speaking/own.ts';
import type { MeetingDesk } from '../src/console/meeting/desk.svelte.ts';
import { tabsOf } from '../src/console/meeting/tabs.ts';
import { session } from '../src/console/session.svelte.ts';
import MyTurn from '../src/console/speaking/MyTurn.svelte';
import Speaking from '../src/console/speaking/Speaking.svelte';

const ME = 'u-1';
const AT = '2026-11-23T02:00:00.000Z';
const turn = (n: number, more: Partial<Speech> = {}): Speech => ({
  speech: `q-${n}`, item: 'i-1', person: `u-${n}`, kind: 'speech', name: `Đồng chí ${n} (demo)`, position: 'Kiểm sát viên', unit: 'Phòng 1',
  state: 'waiting', place: n, by: '', reason: '', asked_at: AT, called_at: null, started_at: null, ended_at: null,
  limit_ms: null, spent_ms: 0, since: null, ends_at: null, by_clock: false, written: null, in_advance: false, ...more,
});
const item = (n: number, more: Partial<AgendaItem> = {}): AgendaItem => ({
  item: `i-${n}`, parent: null, number: `${n}`, title: `Nội dung ${n} (demo)`, minutes: 10, visibility: 'common', presenter: null,
  state: 'waiting', started_at: null, ended_at: null, papers: [], recused: [], ...more,
});
const member = (more: Partial<Member> = {}): Member => ({
  person: ME, name: 'Đồng chí 1 (demo)', position: '', unit: '', role: 'member', seat: null, seat_label: '', signed_in: true, may_speak: true, ...more,
});
interface Scene {
  speeches?: Speech[];
  agenda?: AgendaItem[];
  who?: Partial<Member>;
  phase?: MeetingSections['meeting']['phase'];
  person?: number;
}
const now = ({ speeches = [], agenda = [item(1, { state: 'active' }), item(2)], who = {}, phase = 'open', person = 0 }: Scene = {}): MeetingSections =>
  ({
    meeting: { phase },
    members: [member(who)],
    agenda,
    speaking: {
      rules: { order: 'first', seconds: { speech: 300, order: 60, question: 120, answer: 300 }, warn: 30, person, group: 0, span: 'meeting', cuts: false },
      speeches,
      people: [{ person: ME, turns: 2, ms: 250_000 }],
      groups: [],
    },
  }) as unknown as MeetingSections;
const deskOf = (scene?: Scene): MeetingDesk => ({ path: '/api/meetings/m-1', now: now(scene) }) as unknown as MeetingDesk;
const plain = (text: string | null): string => (text ?? '').replaceAll('\u00a0', ' ');
const press = async (name: string): Promise<void> => userEvent.click(screen.getByRole('button', { name }));

beforeEach(async () => {
  cleanup();
  await useTexts('common', 'speaking');
  await setLanguage('vi');
  vi.spyOn(session, 'me', 'get').mockReturnValue({ id: ME } as never);
  serverClock.hear(AT, true);
});
afterEach(() => vi.restoreAllMocks());

describe('S1 what one may ask for', () => {
  const [here, next] = now().agenda;
  it('is what was not asked for yet, on the item that is looked at', () => {
    const scene = now({ speeches: [turn(1), turn(8, { person: ME, item: 'i-2', kind: 'question' })] });
    const own = ownOf(scene, ME, 'i-1');
    expect(own.kinds).toEqual(['question', 'answer', 'order']);
    expect([own.standing.map((each) => each.speech), own.ahead.map((each) => each.speech)]).toEqual([['q-1'], ['q-8']]);
    expect(ownOf(scene, ME, 'i-2').kinds).toEqual(['speech', 'answer', 'order']);
  });
  it('is nothing for who has no right, and the reason is the server’s', () => {
    expect(hindrance(now(), ME, here)).toBeNull();
    expect(hindrance(now(), ME, undefined)).toBe('no_item');
    expect(hindrance(now({ phase: 'closed' }), ME, here)).toBe('ended');
    expect(hindrance(now({ who: { may_speak: false } }), ME, here)).toBe('not_granted');
    expect(hindrance(now({ who: { may_speak: false, replaced_by: 'u-9' } }), ME, here)).toBe('replaced');
    expect(hindrance(now(), ME, { ...here!, state: 'done' })).toBe('item_over');
    expect(hindrance(now({ who: { role: 'guest' } }), ME, next)).toBeNull();
  });
  it('W90 is nothing below an item that one has to leave', () => {
    const agenda = [item(1, { recused: [ME] }), item(2, { parent: 'i-1' }), item(3)];
    expect(agenda.map((each) => hindrance(now({ agenda }), ME, each))).toEqual(['recused', 'recused', null]);
  });
  it('S4 what was not said is what was refused, or waited when its item or the meeting ended', () => {
    const speeches = [turn(1), turn(2, { person: ME, item: 'i-2' }), turn(3, { person: ME, state: 'refused' }), turn(4, { person: ME, state: 'ended' })];
    const unsaid = (scene: Scene): string[] => ownOf(now({ speeches, ...scene }), ME, 'i-1').unsaid.map((each) => each.speech);
    expect(unsaid({})).toEqual(['q-3']);
    expect(unsaid({ agenda: [item(1, { state: 'done' }), item(2)] })).toEqual(['q-3', 'q-1']);
    expect(unsaid({ phase: 'closed' })).toEqual(['q-3', 'q-2', 'q-1']);
  });
  it('S2 one’s own time goes on with one’s own turn', () => {
    const speaking = now({ speeches: [turn(1, { state: 'speaking', spent_ms: 10_000, since: AT })] }).speaking!;
    expect(hadOf(speaking, ME, Date.parse(AT) + 20_000)).toEqual({ turns: 2, seconds: 270 });
    const point = { ...speaking, speeches: [{ ...speaking.speeches[0]!, kind: 'order' as const }] };
    expect(hadOf(point, ME, Date.parse(AT) + 20_000).seconds).toBe(250);
    expect(myTurn(speaking, 'u-2')).toBeUndefined();
  });
});

describe('a part of its own in the meeting', () => {
  const desk = (more: object): MeetingDesk =>
    ({ role: 'member', isChair: false, isSecretary: false, phase: 'open', rehearsalOf: null, seesLog: false, seesDelivery: false, ...more }) as unknown as MeetingDesk;
  it('has who takes part without leading, guests and rehearsals too, from the approval to the lock', () => {
    for (const shown of [{}, { role: 'guest' }, { rehearsalOf: 'm-0' }, { phase: 'approved' }, { phase: 'closed' }]) expect(tabsOf(desk(shown))).toContain('speaking');
    for (const not of [{ isChair: true }, { isSecretary: true }, { role: null }, { phase: 'draft' }, { phase: 'locked' }]) {
      expect(tabsOf(desk(not))).not.toContain('speaking');
    }
  });
  it('L3 an auditor, who is in no meeting, has the log first, and what search finds for them: what was said before, and the minutes', () => {
    const auditor = { role: null, seesLog: true };
    const parts = (phase: string): string[] => tabsOf(desk({ ...auditor, phase }));
    expect([parts('draft'), parts('approved'), parts('locked')]).toEqual([['log'], ['log', 'before'], ['log', 'before', 'minutes']]);
    expect(tabsOf(desk({ ...auditor, rehearsalOf: 'm-0' }))).toEqual(['log']);
    expect(tabsOf(desk({ role: null }))).toEqual(['info']);
  });
});

describe('S1 a touch at a console', () => {
  it('asks for the item that is dealt with, or for one that was chosen, by keys alone', async () => {
    const sent = vi.spyOn(session.api, 'send').mockResolvedValue({});
    render(Speaking, { desk: deskOf() });
    screen.getByRole('button', { name: 'Chất vấn' }).focus();
    await userEvent.keyboard('{Enter}');
    await userEvent.selectOptions(screen.getByLabelText('Về nội dung'), 'i-2');
    await press('Đăng ký phát biểu');
    expect(sent.mock.calls.map(([method, path, body]) => [method, path, body])).toEqual([
      ['POST', '/api/meetings/m-1/speaking', { item: 'i-1', kind: 'question' }],
      ['POST', '/api/meetings/m-1/speaking', { item: 'i-2', kind: 'speech' }],
    ]);
  });
  it('of which nobody knows whether it came is the very same act again, also after another part was shown', async () => {
    const sent = vi.spyOn(session.api, 'send').mockRejectedValue(new Failure('network'));
    const desk = deskOf();
    const { unmount } = render(Speaking, { desk });
    await press('Đăng ký phát biểu');
    expect(await screen.findByRole('alert')).toHaveTextContent('Chưa rõ máy chủ đã nhận hay chưa.');
    unmount();
    render(Speaking, { desk });
    await press('Đăng ký phát biểu');
    expect(sent.mock.calls[1]).toEqual(sent.mock.calls[0]);
    // It came after all and was refused: to ask once more is another act, and the old failure is told no longer.
    cleanup();
    Object.assign(desk, { now: now({ speeches: [turn(1, { state: 'refused' })] }) });
    render(Speaking, { desk });
    expect(screen.queryByRole('alert')).toBeNull();
    await press('Đăng ký phát biểu');
    expect(sent.mock.calls[2]![3]).not.toBe(sent.mock.calls[0]![3]);
  });
  it('is not lost while another one has no answer yet, and the same one is done once', async () => {
    const answers: (() => void)[] = [];
    const sent = vi.spyOn(session.api, 'send').mockImplementation(() => new Promise((done) => answers.push(() => done({}))));
    render(Speaking, { desk: deskOf() });
    await press('Chất vấn');
    await press('Chất vấn');
    await press('Đăng ký phát biểu');
    await press('Đăng ký phát biểu');
    expect(sent).toHaveBeenCalledTimes(1);
    answers[0]!();
    await vi.waitFor(() => expect(sent).toHaveBeenCalledTimes(2));
    expect(sent.mock.calls.map(([, , body]) => body)).toEqual([{ item: 'i-1', kind: 'question' }, { item: 'i-1', kind: 'speech' }]);
    answers[1]!();
  });
  it('that was refused says why, and the next is another act', async () => {
    const sent = vi.spyOn(session.api, 'send').mockRejectedValue(new Failure('item-over', 409, { vi: 'Nội dung này đã kết thúc.' }));
    render(Speaking, { desk: deskOf() });
    await press('Giải trình');
    expect(await screen.findByRole('alert')).toHaveTextContent(/^Nội dung này đã kết thúc\.$/);
    await press('Giải trình');
    expect(sent.mock.calls[1]![3]).not.toBe(sent.mock.calls[0]![3]);
  });
  it('shows the place, and takes it back', async () => {
    const sent = vi.spyOn(session.api, 'send').mockResolvedValue({});
    render(Speaking, { desk: deskOf({ speeches: [turn(2, { place: 1 }), turn(1, { place: 2 })], person: 600 }) });
    expect(screen.getByText('Thứ 2 trong 2 lượt đang chờ')).toBeVisible();
    expect(screen.getAllByRole('listitem')).toHaveLength(2);
    const said = plain(screen.getByText(/đồng chí đã nói/).textContent);
    expect(said).toContain('Cả cuộc họp: đồng chí đã nói 2 lượt, 04:10.');
    expect(said).toContain('Tổng mỗi người 10:00, còn 05:50.');
    await press('Rút đăng ký');
    expect(sent.mock.calls[0]![1]).toBe('/api/meetings/m-1/speaking/q-1/cancel');
  });
  it('is not offered to who has no right, who sees why', () => {
    render(Speaking, { desk: deskOf({ who: { may_speak: false } }) });
    expect(screen.getByText(/chưa được giao quyền phát biểu/)).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Đăng ký phát biểu' })).toBeNull();
  });
});

describe('S4 in writing at a console', () => {
  const refused = turn(1, { state: 'refused', reason: 'Hết thời gian' });
  it('keeps what was typed until it is there', async () => {
    const sent = vi.spyOn(session.api, 'send').mockRejectedValueOnce(new Failure('network')).mockResolvedValue({});
    render(Speaking, { desk: deskOf({ speeches: [refused] }) });
    expect(screen.getByText(/Hết thời gian/)).toBeVisible();
    await press('Gửi bằng văn bản');
    await userEvent.type(await screen.findByLabelText('Bài phát biểu', {}, { timeout: 10_000 }), 'Tôi nhất trí (demo).');
    await press('Gửi');
    expect(await screen.findByRole('alert')).toBeVisible();
    await press('Quay lại');
    await press('Gửi bằng văn bản');
    expect(await screen.findByLabelText('Bài phát biểu')).toHaveValue('Tôi nhất trí (demo).');
    await press('Gửi');
    await vi.waitFor(() => expect(sent).toHaveBeenCalledTimes(2));
    expect(sent.mock.calls[1]).toEqual(sent.mock.calls[0]);
    expect(sent.mock.calls[0]!.slice(0, 3)).toEqual(['POST', '/api/meetings/m-1/speaking/q-1/text', { text: 'Tôi nhất trí (demo).' }]);
  }, 30_000);
  it('begins with what the server has', async () => {
    const got = vi.spyOn(session.api, 'get').mockResolvedValue({ text: 'Bản đầu (demo)' });
    render(Speaking, { desk: deskOf({ speeches: [{ ...refused, state: 'written', written: { sha256: '', characters: 14, at: AT } }] }) });
    await press('Gửi bản khác');
    expect(await screen.findByLabelText('Bài phát biểu', {}, { timeout: 10_000 })).toHaveValue('Bản đầu (demo)');
    expect(got).toHaveBeenCalledWith('/api/meetings/m-1/speaking/q-1/text');
  }, 30_000);
});

describe('S2 one’s own turn', () => {
  const speaking = turn(1, { state: 'speaking', place: 0, limit_ms: 300_000, since: AT });
  it('is said wherever one looks, warns before its end, and is ended by oneself', async () => {
    const sent = vi.spyOn(session.api, 'send').mockResolvedValue({});
    const desk = deskOf({ speeches: [speaking] });
    const { rerender } = render(MyTurn, { desk, turn: { ...speaking, state: 'called', since: null } });
    expect(screen.getByText('Đồng chí được mời phát biểu')).toBeVisible();
    await rerender({ desk, turn: speaking });
    expect(plain(screen.getByRole('timer').textContent)).toBe('Còn 05:00');
    expect(document.querySelector('.note.warn')).toBeNull();
    serverClock.hear('2026-11-23T02:04:31.000Z', true);
    await vi.waitFor(() => expect(document.querySelector('.note.warn')).toHaveTextContent('Sắp hết giờ'), { timeout: 3000 });
    await press('Kết thúc phát biểu');
    expect(sent.mock.calls[0]![1]).toBe('/api/meetings/m-1/speaking/q-1/stop');
  });
});
