import { cleanup, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { useTexts } from '$lib/i18n/texts.svelte.ts';
import type { AgendaItem, Member, MeetingSections } from '$lib/sections.ts';
import { MeetingDesk } from '../src/console/meeting/desk.svelte.ts';
import SubmitDialog from '../src/console/meeting/SubmitDialog.svelte';

vi.mock('../src/lib/live/socket.ts', () => ({
  LiveSocket: class {
    meeting(): object {
      return {};
    }
  },
}));

const AN = { person: 'u-an', name: 'An', position: '', unit: '', seat: null, seat_label: '', signed_in: false };
const CHAIR: Member = { ...AN, role: 'chair' };
const ITEM = { item: 'i-1', parent: null, number: '1', title: 'Báo cáo', minutes: 10, visibility: 'common', presenter: null } as AgendaItem;

let calls: { path: string; body: unknown }[];
beforeEach(async () => {
  await useTexts('common', 'console', 'meeting', 'fleet');
  calls = [];
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    calls.push({ path, body: init.body ? JSON.parse(init.body as string) : null });
    return new Response('{"seq": 9}', { status: 200 });
  });
});

afterEach(cleanup);

function shown(members: Member[], agenda: AgendaItem[]): MeetingDesk {
  const desk = new MeetingDesk('m-1');
  desk.live.snapshot(3, { meeting: { phase: 'draft' }, members, agenda, papers: [] } as unknown as MeetingSections);
  desk.follow();
  return desk;
}
const button = (name: string): HTMLElement => screen.getByRole('button', { name });

describe('M1 submitting a meeting', () => {
  it('waits for what is missing, which is named beside the button', () => {
    render(SubmitDialog, { desk: shown([{ ...CHAIR, role: 'member' }], []), open: true });
    expect(screen.getByText(/^người chủ trì/)).toBeVisible();
    expect(screen.getByText(/^chương trình/)).toBeVisible();
    expect(button('Trình duyệt')).toBeDisabled();
    expect(button('Trình duyệt')).toHaveAccessibleDescription('Cần bổ sung phần còn thiếu.');
  });
  it('says of an unsaved chair that it is not saved, not that it is missing, and saves it here', async () => {
    const desk = shown([{ ...CHAIR, role: 'member' }], [ITEM]);
    desk.members.value = [{ ...AN, role: 'chair' }];
    render(SubmitDialog, { desk, open: true });
    expect(screen.queryByText(/^người chủ trì/)).toBeNull();
    expect(screen.getByText('Chưa lưu: Thành phần.')).toBeVisible();
    expect(button('Trình duyệt')).toBeDisabled();
    await userEvent.click(button('Lưu thay đổi'));
    expect(calls).toEqual([{ path: '/api/meetings/m-1/members', body: { members: [{ person: 'u-an', role: 'chair', seat: null }] } }]);
    expect(screen.queryByText(/Chưa lưu/)).toBeNull();
    await userEvent.click(button('Trình duyệt'));
    expect(calls.at(-1)?.path).toBe('/api/meetings/m-1/submit');
  });
  it('saves members before the agenda, whose presenters have to be members', async () => {
    const desk = shown([CHAIR], [ITEM]);
    desk.members.value = [{ ...AN, role: 'chair' }, { ...AN, person: 'u-binh', role: 'member' }];
    desk.agenda.value = desk.agenda.value.map((row) => ({ ...row, presenter: 'u-binh' }));
    render(SubmitDialog, { desk, open: true });
    expect(screen.getByText('Chưa lưu: Thành phần, Chương trình.')).toBeVisible();
    await userEvent.click(button('Lưu thay đổi'));
    expect(calls.map((call) => call.path)).toEqual(['/api/meetings/m-1/members', '/api/meetings/m-1/agenda']);
  });
  it('does not save over what somebody else has saved meanwhile', () => {
    const desk = shown([CHAIR], [ITEM]);
    desk.members.value = [{ ...AN, role: 'chair', seat: 's-1' }];
    desk.live.snapshot(4, { ...desk.now, members: [{ ...CHAIR, seat: 's-2' }] });
    desk.follow();
    render(SubmitDialog, { desk, open: true });
    expect(screen.getByText(/người khác đã lưu bản mới/)).toBeVisible();
    expect(button('Lưu thay đổi')).toBeDisabled();
    expect(button('Trình duyệt')).toBeDisabled();
  });
  it('needs nothing more when all is there and saved', async () => {
    render(SubmitDialog, { desk: shown([CHAIR], [ITEM]), open: true });
    expect(button('Trình duyệt')).toBeEnabled();
    await userEvent.click(button('Trình duyệt'));
    expect(calls.map((call) => call.path)).toEqual(['/api/meetings/m-1/submit']);
  });
});
