import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { nextAction, untouched } from '../src/console/live/next.ts';
import { Draft } from '../src/console/meeting/draft.svelte.ts';
import { LateSeats } from '../src/console/meeting/late.svelte.ts';
import { fromMembers, place, placeAll, type Placed, sameMembers, setRole, terminalOf } from '../src/console/meeting/members.ts';
import { dayOf, instantOf, isTime, readDay, timeOf, writeDay } from '../src/console/meeting/moments.ts';
import { isStub, missing, toPublish } from '../src/console/meeting/readiness.ts';
import { named, summary, watchedSeats } from '../src/console/meeting/seats.ts';
import { titleOf, Uploads } from '../src/console/meeting/uploads.svelte.ts';
import { parts, partOf, pathOf, turns, waiting } from '../src/console/home/waits.ts';
import type { Delivery, DeliverySeat, ListedMeeting, RoomSeat } from '../src/console/types.ts';
import { Failure } from '../src/lib/failure.ts';
import type { Api } from '../src/lib/api.ts';
import type { AgendaItem, Member, MemberRole, Paper } from '../src/lib/sections.ts';

const item = (number: string, state: AgendaItem['state'], more: Partial<AgendaItem> = {}): AgendaItem =>
  ({ item: `i-${number}`, number, state, title: number, presenter: null, ...more }) as AgendaItem;
const member = (person: string, role: MemberRole, seat: string | null = null, signed_in = false): Member => ({
  person,
  name: person,
  position: '',
  unit: '',
  role,
  seat,
  seat_label: seat ?? '',
  signed_in,
});

describe('the one thing the chair does next', () => {
  const agenda = [item('1', 'done'), item('2', 'active'), item('3', 'waiting')];

  it('opens, then begins the first item, then goes from item to item, then closes', () => {
    const fresh = [item('1', 'waiting'), item('2', 'waiting')];
    expect(nextAction('approved', fresh)).toEqual({ kind: 'open' });
    expect(nextAction('open', fresh)).toMatchObject({ kind: 'start', first: true, item: { number: '1' } });
    expect(nextAction('open', agenda)).toMatchObject({ kind: 'start', first: false, item: { number: '3' } });
    expect(nextAction('open', [item('1', 'done'), item('2', 'active')])).toEqual({ kind: 'close' });
  });
  it('goes on after a recess, and has nothing to do before approval or after the end', () => {
    expect(nextAction('recess', agenda)).toEqual({ kind: 'resume' });
    for (const phase of ['draft', 'submitted', 'closed', 'locked', 'cancelled'] as const) {
      expect(nextAction(phase, agenda)).toEqual({ kind: 'none' });
    }
  });
  it('is not held up by an item that was passed over, which closing names', () => {
    const passed = [item('1', 'done'), item('2', 'waiting'), item('3', 'active')];
    expect(nextAction('open', passed)).toEqual({ kind: 'close' });
    expect(untouched(passed).map((one) => one.number)).toEqual(['2']);
  });
});

describe('M3 the seats a chair watches', () => {
  const seat = (label: string, more: Partial<DeliverySeat> = {}): DeliverySeat => ({
    device: `d-${label}`,
    seat: label,
    seat_label: label,
    person: null,
    person_name: '',
    online: true,
    seq: 9,
    keys: true,
    ...more,
  });
  const delivery: Delivery = {
    meeting: 'm',
    seats: [seat('B10'), seat('B2', { online: false }), seat('B1', { person: 'an' })],
    papers: [
      { paper: 'p', version: 1, title: 'Báo cáo', chunks: 10, have: { 'd-B1': 10, 'd-B10': 4 }, complete: ['d-B1'] },
      { paper: 'q', version: 2, title: 'Tờ trình', chunks: 5, have: { 'd-B1': 5, 'd-B2': 99 }, complete: ['d-B1'] },
    ],
    recall: { expected: 0, confirmed: 0, revoked: [] },
  };
  const members = [member('an', 'chair', 'B1', true), member('binh', 'member', 'B2'), member('chau', 'guest', 'C1')];
  const seats = watchedSeats(members, delivery, new Set(['d-B10']));

  it('stand in the order of their labels, those without a terminal too', () => {
    expect(seats.map((one) => [one.label, one.state])).toEqual([
      ['B1', 'here'],
      ['B2', 'offline'],
      ['B10', 'behind'],
      ['C1', 'none'],
    ]);
  });
  it('are complete only when the seat itself has reported every paper', () => {
    expect(seats.map((one) => one.complete)).toEqual([true, false, false, false]);
    expect(seats.map((one) => [one.have, one.of])).toEqual([
      [15, 15],
      [5, 15],
      [4, 15],
      [0, 0],
    ]);
  });
  it('are counted', () => {
    expect(summary(seats, members)).toEqual({ seats: 4, online: 2, offline: 1, behind: 1, here: 1, members: 3, complete: 1, terminals: 3 });
  });
  it('have who sits there, whosever place it was planned to be', () => {
    const moved: Delivery = { ...delivery, seats: [seat('B1'), seat('B2', { person: 'an', person_name: 'an' }), seat('B10', { person: 'chau' })] };
    expect(watchedSeats(members, moved, new Set()).map((one) => [one.label, one.member?.person, one.state])).toEqual([
      ['B1', 'an', 'online'],
      ['B2', 'an', 'here'],
      ['B10', 'chau', 'here'],
      ['C1', 'chau', 'none'],
    ]);
  });
  it('are nothing to watch before anything is known', () => {
    expect(watchedSeats([], null, new Set())).toEqual([]);
    expect(watchedSeats([member('an', 'chair', 'B1', true)], null, new Set())[0]!.state).toBe('here');
    // No terminal is said only of a seat whose reports were asked for.
    expect(watchedSeats([member('an', 'chair', 'B1')], null, new Set())[0]!.state).toBe('asking');
  });
  it('show no paper as complete while none is published', () => {
    const none = { ...delivery, papers: [] };
    expect(watchedSeats(members, none, new Set()).some((one) => one.complete)).toBe(false);
  });
});

describe('M3 which seat is behind', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  const at = (seq: number, online = true): DeliverySeat => ({ device: 'd', seat: 's', seat_label: 'A', person: null, person_name: '', online, seq, keys: true });

  it('is told only when it has not come where it should be by its next sign of life', () => {
    const late = new LateSeats(20_000);
    late.hear([at(5)], 6);
    late.hear([at(5)], 6);
    expect(late.devices.has('d')).toBe(false);
    vi.advanceTimersByTime(21_000);
    expect(late.devices.has('d')).toBe(true);
    late.hear([at(6)], 6);
    expect(late.devices.has('d')).toBe(false);
    late.close();
  });
  it('is not one that keeps up with a meeting that moves on', () => {
    const late = new LateSeats(20_000);
    for (let seq = 1; seq < 20; seq += 1) {
      late.hear([at(seq - 1)], seq);
      vi.advanceTimersByTime(15_000);
      expect(late.devices.has('d'), `at ${seq}`).toBe(false);
    }
    late.close();
  });
  it('is not one that is offline', () => {
    const late = new LateSeats(20_000);
    late.hear([at(1, false)], 6);
    vi.advanceTimersByTime(60_000);
    expect(late.devices.size).toBe(0);
    late.close();
  });
});

describe('members being chosen', () => {
  const rows: Placed[] = fromMembers([member('an', 'chair', 's1'), member('binh', 'member', 's2'), member('chau', 'guest')]);

  it('get a seat each; whoever had it takes the one that becomes free', () => {
    expect(place(rows, 'an', 's2').map((row) => row.seat)).toEqual(['s2', 's1', null]);
    expect(place(rows, 'chau', 's1').map((row) => row.seat)).toEqual([null, 's2', 's1']);
    expect(place(rows, 'an', null).map((row) => row.seat)).toEqual([null, 's2', null]);
  });
  it('have one chair', () => {
    expect(setRole(rows, 'binh', 'chair').map((row) => row.role)).toEqual(['member', 'chair', 'guest']);
  });
  it('are seated in order, the chair first', () => {
    const seats = ['s1', 's2', 's3'].map((id) => ({ id, label: id, x: 0, y: 0, device: null }));
    const unseated = rows.map((row) => ({ ...row, seat: null })).toReversed();
    expect(placeAll(unseated, seats).map((row) => [row.person, row.seat])).toEqual([
      ['chau', 's3'],
      ['binh', 's2'],
      ['an', 's1'],
    ]);
    expect(placeAll(rows, seats)[2]!.seat).toBe('s3');
    expect(placeAll(rows, [])[2]!.seat).toBeNull();
  });
  it('get seats with a terminal as long as there are, connected ones first', () => {
    const device = (online: boolean): RoomSeat['device'] => ({ id: 'd', state: 'approved', online });
    const seats = [null, device(false), null, device(true)].map((there, at) => ({ id: `s${at}`, label: `s${at}`, x: 0, y: 0, device: there }));
    expect(seats.map(terminalOf)).toEqual(['none', 'offline', 'none', 'online']);
    const unseated = rows.map((row) => ({ ...row, seat: null }));
    expect(placeAll(unseated, seats).map((row) => row.seat)).toEqual(['s3', 's1', 's0']);
  });
  it('are the same when person, role and seat are', () => {
    expect(sameMembers(rows, rows.map((row) => ({ ...row, unit: 'khác' })))).toBe(true);
    expect(sameMembers(rows, setRole(rows, 'chau', 'member'))).toBe(false);
  });
  it('are found without accents, by any of their words', () => {
    const people = [
      { name: 'Nguyễn Văn Đức', position: 'Viện trưởng', unit: 'Khu vực 1' },
      { name: 'Trần Thị Bình', position: 'Kiểm sát viên', unit: 'Khu vực 2' },
    ];
    expect(named(people, 'duc vien truong').map((one) => one.name)).toEqual(['Nguyễn Văn Đức']);
    expect(named(people, 'KHU VUC')).toHaveLength(2);
    expect(named(people, '  ')).toHaveLength(2);
    expect(named(people, 'khong co')).toEqual([]);
  });
});

describe('a draft of something others may change, too', () => {
  const same = (left: string, right: string): boolean => left === right;

  it('follows while nothing was changed here', () => {
    const draft = new Draft<string>('', same);
    draft.follow('one', 3);
    expect([draft.value, draft.seq, draft.dirty]).toEqual(['one', 3, false]);
  });
  it('keeps the work and says when somebody was faster', () => {
    const draft = new Draft<string>('', same);
    draft.follow('one', 3);
    draft.value = 'mine';
    draft.follow('one', 4);
    expect([draft.overtaken, draft.seq]).toEqual([false, 4]);
    draft.follow('theirs', 5);
    expect([draft.value, draft.overtaken, draft.seq]).toEqual(['mine', true, 4]);
    draft.keepMine();
    expect([draft.value, draft.overtaken, draft.seq, draft.dirty]).toEqual(['mine', false, 5, true]);
    draft.takeTheirs();
    expect([draft.value, draft.dirty]).toEqual(['theirs', false]);
  });
  it('is clean once it was saved, also when another change arrives with it', () => {
    const draft = new Draft<string>('', same);
    draft.follow('one', 3);
    draft.value = 'mine';
    draft.saved(draft.value);
    expect(draft.dirty).toBe(false);
    draft.follow('mine', 4);
    expect([draft.value, draft.seq, draft.dirty]).toEqual(['mine', 4, false]);
  });
});

describe('what a draft meeting lacks', () => {
  it('is a chair, an agenda, and presenters who take part', () => {
    expect(missing([], [])).toEqual(['chair', 'agenda']);
    const agenda = [item('1', 'waiting', { presenter: 'gone' })];
    expect(missing([member('an', 'chair')], agenda)).toEqual(['presenter']);
    expect(missing([member('gone', 'chair')], agenda)).toEqual([]);
    expect(missing([member('gone', 'chair')], [item('1', 'waiting', { title: '  ' })])).toEqual(['untitled']);
  });
  it('P2 only approved papers are published', () => {
    const papers = (['submitted', 'returned', 'approved', 'published'] as const).map((state) => ({ state, paper: state }) as Paper);
    expect(toPublish(papers).map((paper) => paper.paper)).toEqual(['approved']);
  });
  it('P4 of a state secret only the title is kept', () => {
    expect((['', 'normal', 'internal', 'confidential', 'secret', 'top_secret'] as const).map(isStub)).toEqual([false, false, false, true, true, true]);
  });
});

describe('P1, P4 papers on their way', () => {
  const file = (name: string): File => new File(['%PDF'], name, { type: 'application/pdf' });
  function fake(answers: (object | Failure)[]): { api: Api; sent: { path: string; form: FormData }[] } {
    const sent: { path: string; form: FormData }[] = [];
    const upload = (path: string, form: FormData): Promise<unknown> => {
      sent.push({ path, form });
      const answer = answers.shift()!;
      return answer instanceof Failure ? Promise.reject(answer) : Promise.resolve(answer);
    };
    return { api: { upload } as unknown as Api, sent };
  }
  const settled = async (uploads: Uploads): Promise<void> => {
    await vi.waitFor(() => expect(uploads.going).toBe(false));
  };

  it('go nowhere before a person has chosen their secrecy', async () => {
    const { api, sent } = fake([]);
    const uploads = new Uploads('/papers', api);
    const [one] = uploads.add('i', [file('Báo cáo_quý III.pdf')]);
    expect(one!.title).toBe('Báo cáo quý III');
    expect(one!.lacks).toBe('secrecy');
    uploads.send(one!);
    await settled(uploads);
    expect(sent).toEqual([]);
  });
  it('go one after the other, and stay with their reason when refused', async () => {
    const refusal = new Failure('paper-encrypted', 422);
    const { api, sent } = fake([refusal, { paper: 'p', version: 1, pages: 3, warnings: [] }, { paper: 'p', version: 1, pages: 3, warnings: ['removed-link'] }]);
    const uploads = new Uploads('/papers', api);
    const [one, two, three] = uploads.add('i', [file('a.pdf'), file('b.pdf'), file('c.pdf')]);
    for (const upload of [one!, two!, three!]) {
      upload.secrecy = 'internal';
      uploads.send(upload);
    }
    await settled(uploads);
    expect(one!.failure).toBe(refusal);
    // Taken in without a word: gone from the list. With a warning: it stays to be read.
    expect(uploads.of('i').map((upload) => [upload.file.name, upload.state])).toEqual([
      ['a.pdf', 'refused'],
      ['c.pdf', 'done'],
    ]);
    expect(sent.map(({ form }) => [form.get('title'), form.get('secrecy'), (form.get('file') as File).name])).toEqual([
      ['a', 'internal', 'a.pdf'],
      ['b', 'internal', 'b.pdf'],
      ['c', 'internal', 'c.pdf'],
    ]);
  });
  it('never send the file of a state secret', async () => {
    const { api, sent } = fake([{ paper: 'p', version: 1, pages: 0, warnings: ['stub-only'] }]);
    const uploads = new Uploads('/papers', api);
    const [one] = uploads.add('i', [file('mat.pdf')]);
    one!.secrecy = 'secret';
    uploads.send(one!);
    await settled(uploads);
    expect(sent[0]!.form.has('file')).toBe(false);
    expect(sent[0]!.form.get('secrecy')).toBe('secret');
  });
  it('P3 a new version keeps title and secrecy of its paper', async () => {
    const { api, sent } = fake([{ paper: 'p-1', version: 2, pages: 3, warnings: [] }]);
    const uploads = new Uploads('/papers', api);
    const [one] = uploads.add('i', [file('moi.pdf')], 'p-1');
    uploads.send(one!);
    await settled(uploads);
    expect(sent[0]!.path).toBe('/papers/p-1/versions');
    expect([...sent[0]!.form.keys()]).toEqual(['file']);
  });
  it('can be put away before they go', async () => {
    const { api, sent } = fake([{ paper: 'p', version: 1, pages: 1, warnings: [] }]);
    const uploads = new Uploads('/papers', api);
    const [one, two] = uploads.add('i', [file('a.pdf'), file('b.pdf')]);
    one!.secrecy = two!.secrecy = 'normal';
    uploads.send(one!);
    uploads.send(two!);
    uploads.drop(two!);
    await settled(uploads);
    expect(sent).toHaveLength(1);
  });
  it('are called after their file', () => {
    expect(titleOf('Tờ_trình số 5.PDF')).toBe('Tờ trình số 5');
    expect(titleOf('khong-duoi')).toBe('khong-duoi');
  });
});

describe('the first page', () => {
  const now = Date.parse('2026-11-21T02:00:00.000Z'); // 09:00 in Vietnam
  const listed = (id: string, phase: ListedMeeting['phase'], starts_at: string, role: MemberRole | null = null): ListedMeeting => ({
    id,
    title: id,
    type: '',
    room_name: '',
    starts_at,
    planned_minutes: 60,
    phase,
    role,
  });

  it('puts meetings under their day in Vietnam', () => {
    expect(partOf(listed('a', 'approved', '2026-11-20T17:30:00.000Z'), now)).toBe('today');
    expect(partOf(listed('b', 'approved', '2026-11-21T17:30:00.000Z'), now)).toBe('upcoming');
    expect(partOf(listed('c', 'draft', '2026-11-20T16:30:00.000Z'), now)).toBe('past');
    expect(partOf(listed('d', 'open', '2026-11-19T01:00:00.000Z'), now)).toBe('today');
    expect(partOf(listed('e', 'closed', '2026-11-21T01:00:00.000Z'), now)).toBe('past');
  });
  it('shows the nearest first, and of the past the latest', () => {
    const all = [
      listed('old', 'closed', '2026-11-01T01:00:00.000Z'),
      listed('late', 'approved', '2026-11-25T01:00:00.000Z'),
      listed('newer', 'closed', '2026-11-20T01:00:00.000Z'),
      listed('soon', 'approved', '2026-11-22T01:00:00.000Z'),
    ];
    expect(parts(all, now).map(({ part, meetings }) => [part, meetings.map((one) => one.id)])).toEqual([
      ['upcoming', ['soon', 'late']],
      ['past', ['newer', 'old']],
    ]);
  });
  it('names what waits for chair and secretary, and nothing for others', () => {
    const today = '2026-11-21T07:00:00.000Z';
    const all = [
      listed('approve', 'submitted', '2026-11-25T07:00:00.000Z', 'chair'),
      listed('lead', 'approved', today, 'chair'),
      listed('later', 'approved', '2026-11-28T07:00:00.000Z', 'chair'),
      listed('live', 'open', today, 'chair'),
      listed('mine', 'draft', today, 'secretary'),
      listed('member', 'open', today, 'member'),
    ];
    expect(waiting(all, false, now).map(({ task, meeting }) => [task, meeting.id])).toEqual([
      ['lead', 'live'],
      ['lead', 'lead'],
      ['prepare', 'mine'],
      ['approve', 'approve'],
    ]);
    expect(waiting([listed('any', 'approved', today)], true, now)[0]).toMatchObject({ task: 'publish', path: '/meetings/any/papers' });
  });
  it('names the papers that wait for a signature, those whose turn it is first, with a link to each', () => {
    const round = (id: string, ...next: [string, boolean][]) => ({
      round: id,
      meeting: 'm-1',
      title: id,
      signers: next.map(([person, is]) => ({ person, next: is })),
    });
    const found = turns([round('k-later', ['u-1', true], ['me', false]), round('k-now', ['u-1', false], ['me', true])], 'me');
    expect(found.map(({ turn, path }) => [turn, path])).toEqual([
      [true, '/meetings/m-1/signing/k-now'],
      [false, '/meetings/m-1/signing/k-later'],
    ]);
    expect(turns([], 'me')).toEqual([]);
  });
  it('leads the chair of a live meeting to where it is led', () => {
    expect(pathOf(listed('a', 'open', '', 'chair'))).toBe('/meetings/a/live');
    expect(pathOf(listed('a', 'open', '', 'member'))).toBe('/meetings/a');
  });
});

describe('days and times of the form', () => {
  it('are Vietnam’s', () => {
    const moment = Date.parse('2026-11-21T18:30:00.000Z');
    expect([dayOf(moment), timeOf(moment)]).toEqual(['2026-11-22', '01:30']);
    expect(instantOf('2026-11-22', '01:30')).toBe('2026-11-21T18:30:00.000Z');
    expect(instantOf('2026-11-22', ' 7:05 ')).toBe('2026-11-22T00:05:00.000Z');
  });
  it('are written day, month, year whatever the browser speaks', () => {
    expect(['21/11/2026', '1/9/2026', '01-09-2026', ' 2026-11-21 '].map(readDay)).toEqual(['2026-11-21', '2026-09-01', '2026-09-01', '2026-11-21']);
    expect([writeDay('2026-11-21'), writeDay('')]).toEqual(['21/11/2026', '']);
  });
  it('are refused when they are none', () => {
    expect(['24:00', '7h30', '', '12:60', '7:3'].map(isTime)).toEqual([false, false, false, false, false]);
    expect(instantOf('22/11/2026', '07:00')).toBeNull();
    expect(instantOf('2026-13-40', '07:00')).toBeNull();
    expect(['31/02/2026', '2026-02-31', '11/21/2026', '21/11/26', 'mai', ''].map(readDay)).toEqual([null, null, null, null, null, null]);
  });
});
