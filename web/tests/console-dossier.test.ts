import { cleanup, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { useTexts } from '$lib/i18n/texts.svelte.ts';
import { notices } from '$lib/ui/notices.svelte.ts';
import type { MeetingDesk } from '../src/console/meeting/desk.svelte.ts';
import { session } from '../src/console/session.svelte.ts';
import Steps from '../src/console/meeting/Steps.svelte';

let answer: () => Response;
let asked: string[];
let saved: string[];
let rounds: object[];
beforeEach(async () => {
  await useTexts('common', 'console', 'meeting', 'house');
  asked = [];
  saved = [];
  rounds = [];
  answer = () => new Response('PK', { headers: { 'Content-Type': 'application/zip' } });
  vi.stubGlobal('fetch', async (path: string) => {
    asked.push(path);
    return answer();
  });
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
    saved.push(this.download);
  });
  URL.createObjectURL = () => 'blob:x';
  URL.revokeObjectURL = () => undefined;
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

/** What the steps need of a desk. */
const desk = (phase: string, seesLog = true, isSecretary = true): MeetingDesk =>
  ({
    id: 'm-1',
    path: '/api/meetings/m-1',
    phase,
    seesLog,
    isChair: false,
    isSecretary,
    rehearsalOf: null,
    members: { value: [] },
    agenda: { value: [] },
    unsaved: [],
    now: { papers: [], rounds },
  }) as unknown as MeetingDesk;
const button = { name: 'Tải hồ sơ cuộc họp' };

describe('G48 the dossier of a meeting', () => {
  it('is there when the meeting is over, for who may see its log', async () => {
    for (const phase of ['closed', 'locked']) {
      render(Steps, { desk: desk(phase) });
      expect(await screen.findByRole('button', button)).toBeTruthy();
      cleanup();
    }
    for (const one of [desk('open'), desk('cancelled'), desk('closed', false)]) {
      render(Steps, { desk: one });
      await Promise.resolve();
      expect(screen.queryByRole('button', button)).toBeNull();
      cleanup();
    }
  });
  it('is saved under the name of its meeting once the person has read what it is', async () => {
    render(Steps, { desk: desk('closed') });
    await userEvent.click(await screen.findByRole('button', button));
    expect(asked).toEqual([]);
    expect(screen.getByText(/không cần mạng/)).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Tải hồ sơ' }));
    expect(asked).toEqual(['/api/meetings/m-1/dossier']);
    expect(saved).toEqual(['ho-so-m-1.zip']);
    expect(notices().at(-1)?.text).toContain('ho-so-m-1.zip');
  });
  it('G69 names the papers whose signatures it lacks', async () => {
    const signers = (...at: (string | null)[]): object[] => at.map((signed_at, n) => ({ person: `u-${n}`, signed_at }));
    rounds = [
      { round: 'k-1', title: 'Biên bản', signers: signers('2026-11-21T03:00:00.000Z', null), closed_at: null },
      { round: 'k-2', title: 'Nghị quyết', signers: signers(null), closed_at: '2026-11-21T03:00:00.000Z' },
      { round: 'k-3', title: 'Thông báo', signers: signers('2026-11-21T03:00:00.000Z'), closed_at: '2026-11-21T03:00:00.000Z' },
    ];
    render(Steps, { desk: desk('closed') });
    await userEvent.click(await screen.findByRole('button', button));
    const [first, second, ...more] = screen.getAllByRole('listitem');
    expect(first).toHaveTextContent('Biên bản · 1/2 người đã ký');
    expect(second).toHaveTextContent('Nghị quyết · 0/1 người đã ký');
    expect(more).toEqual([]);
    expect(screen.getByText(/không có các chữ ký còn thiếu/)).toBeTruthy();
  });
  it('D8 takes the papers along or not, as who may read them chooses, and says what the server could not put in', async () => {
    answer = () => new Response('PK', { headers: { 'Dossier-Without': 'asked, printer' } });
    render(Steps, { desk: desk('closed') });
    await userEvent.click(await screen.findByRole('button', button));
    const papers = screen.getByRole('checkbox', { name: 'Kèm tệp tài liệu họp' });
    expect(papers).toBeChecked();
    await userEvent.click(papers);
    await userEvent.click(screen.getByRole('button', { name: 'Tải hồ sơ' }));
    expect(asked).toEqual(['/api/meetings/m-1/dossier?papers=no']);
    expect(notices().at(-1)?.text).toContain('bản mục lục để in');
  });
  it('D3 asks an auditor for the reason before it has who opened what, and offers no papers', async () => {
    vi.spyOn(session, 'has').mockImplementation((...roles) => roles.includes('auditor'));
    render(Steps, { desk: desk('closed', true, false) });
    await userEvent.click(await screen.findByRole('button', button));
    expect(screen.queryByRole('checkbox', { name: 'Kèm tệp tài liệu họp' })).toBeNull();
    expect(screen.getByText(/không có quyền đọc/)).toBeTruthy();
    await userEvent.click(screen.getByRole('checkbox', { name: /ai đã mở/ }));
    expect(screen.getByRole('button', { name: 'Tải hồ sơ' })).toBeDisabled();
    await userEvent.type(screen.getByLabelText('Lý do xem'), ' Xác minh đơn & thư ');
    await userEvent.click(screen.getByRole('button', { name: 'Tải hồ sơ' }));
    expect(asked).toEqual([`/api/meetings/m-1/dossier?reason=${new URLSearchParams({ r: 'Xác minh đơn & thư' }).toString().slice(2)}`]);
  });
  it('says why there is none, and can be asked for again', async () => {
    const refused = { error: { code: 'server-busy', vi: 'Máy chủ đang bận.', en: 'The server is busy.' } };
    answer = () => new Response(JSON.stringify(refused), { status: 503 });
    render(Steps, { desk: desk('closed') });
    await userEvent.click(await screen.findByRole('button', button));
    await userEvent.click(screen.getByRole('button', { name: 'Tải hồ sơ' }));
    expect(await screen.findByText('Máy chủ đang bận.')).toBeTruthy();
    expect(saved).toEqual([]);
    answer = () => new Response('PK');
    await userEvent.click(screen.getByRole('button', { name: 'Tải hồ sơ' }));
    expect(saved).toEqual(['ho-so-m-1.zip']);
  });
});
