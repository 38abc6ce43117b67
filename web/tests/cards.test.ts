import { beforeAll, describe, expect, it } from 'vitest';
import { AREAS, CARDS } from '../src/console/home/cards.ts';
import { useTexts } from '../src/lib/i18n/texts.svelte.ts';

const card = (address: string) => CARDS.find((one) => one.address === address)!;
const about = { meeting: 'm-1', title: 'Họp giao ban (demo)', starts_at: '2026-11-27T01:30:00.000Z' };

beforeAll(() => useTexts(...AREAS));

describe('what waits on the first page', () => {
  it('an invitation: those to answer first, each with what it waits for', () => {
    const sent = { number: '01/GM-VKS', moved: true };
    const mine = { reply: null, reminders: 2, substitute_name: '' };
    const { title, rows } = card('/api/invitations').show({
      invitations: [
        { ...about, meeting: 'm-2', room_name: '', sent, timing: null, mine: { ...mine, reply: 'attend', approved: null } },
        { ...about, room_name: 'Phòng 1', sent, timing: { answers_late: true }, mine },
      ],
    });
    expect(title).toContain('1');
    expect(rows.map(({ path }) => path)).toEqual(['/meetings/m-1/invitation', '/meetings/m-2/invitation']);
    expect(rows[0]!.about.filter(Boolean)).toHaveLength(6);
    expect(rows.map(({ chip }) => chip!.tone)).toEqual(['warn', 'good']);
  });

  it('N17 a revoked invitation waits for no answer, and one to an old time for its secretary', () => {
    const sent = { number: '01/GM-VKS', moved: true, revoked_at: about.starts_at, revoked: 'Đổi giờ' };
    const line = { ...about, room_name: '', sent, timing: null, mine: { reply: null, reminders: 1, substitute_name: '' } };
    const { title, rows } = card('/api/invitations').show({ invitations: [line] });
    expect(title).toBe('Giấy mời của đồng chí');
    expect(rows[0]!.about).toContain('đã hủy, chờ giấy mời mới');
    const old = { ...about, room_name: 'Phòng 1', stage: 'issued', number: '01/GM-VKS' };
    const told = card('/api/letters/outdated').show({ letters: [old, { ...old, stage: 'signing', number: null }] });
    expect(told.title).toBe('Giấy mời không còn đúng giờ hoặc phòng: 1');
    expect(told.rows.map(({ path, chip }) => [path, chip!.words])).toEqual([['/meetings/m-1/letters', 'đang trình ký']]);
  });

  it('an issued document that was not read leads to its file', () => {
    const one = { ...about, letter: 'l-1', round: 'k-1', kind: 'notice', abstract: 'Kết luận giao ban', sent_at: about.starts_at };
    const { title, rows } = card('/api/letters/received').show({ letters: [one] });
    expect(title).toContain('1');
    expect(rows[0]).toMatchObject({ path: '/meetings/m-1/signing/k-1', what: 'Thông báo kết luận: Kết luận giao ban' });
  });

  it('a paper asked for: late, and returned with its reason', () => {
    const line = { ...about, request: 'w-1', what: 'Báo cáo', until: '2026-11-20', days_left: -3, standing: 'returned', overdue: true, reminders: 1, reason: 'Thiếu phụ lục' };
    const { rows } = card('/api/requests').show({ requests: [line] });
    expect(rows[0]).toMatchObject({ path: '/requests/m-1/w-1', what: 'Báo cáo', chip: { tone: 'bad' } });
    expect(rows[0]!.wrong).toContain('Thiếu phụ lục');
  });

  it('minutes, papers to read, questions: each leads to where it is done', () => {
    const shown = [
      card('/api/minutes/waiting').show({ minutes: [{ ...about, task: 'comment', until: '2026-11-25T01:00:00.000Z', open: 0 }] }),
      card('/api/readings/waiting').show({ papers: [{ ...about, paper: 'p-1', paper_title: 'Dự thảo', reminders: 1, reminded_at: about.starts_at }] }),
      card('/api/remarks').show({ meetings: [{ ...about, member: false, questions: 2, requests: 0 }] }),
    ];
    expect(shown.map(({ rows }) => rows[0]!.path)).toEqual(['/meetings/m-1/minutes', '/meetings/m-1/papers/p-1', '/remarks/m-1']);
    expect(shown[2]!.rows[0]!.what).toMatch(/^2.câu hỏi chờ trả lời$/);
  });
});
