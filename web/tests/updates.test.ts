import { cleanup, render, screen, within } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Failure } from '$lib/failure.ts';
import { useTexts } from '$lib/i18n/texts.svelte.ts';
import { inOrder, notable, type Rollout, type RolloutTerminal, type Updates } from '../src/console/fleet/updates.ts';
import Page from '../src/console/fleet/Updates.svelte';
import { session } from '../src/console/session.svelte.ts';

const seat = (label: string, step: string, parts: Partial<RolloutTerminal> = {}): RolloutTerminal => ({
  device: `d-${label}`,
  label,
  room: 'r-1',
  room_name: 'Phòng A',
  online: true,
  image: '20261101.080000',
  in_stage: true,
  step,
  done: 0,
  reason: '',
  tries: 1,
  ...parts,
});
const terminals = [seat('A1', 'good'), seat('A10', 'waiting'), seat('A2', 'fetching', { done: 40 }), seat('A3', 'fallen-back', { reason: 'unwell' })];
const running: Rollout = {
  id: 'a-1',
  version: '20261124.080000',
  compatible: 'pc',
  lab: 'd-A1',
  room: 'r-1',
  soak_h: 24,
  stage: 'room',
  state: 'running',
  begun_at: '2026-11-23T01:00:00.000Z',
  ready_at: null,
  next_at: null,
  ended_at: null,
  fault: null,
  counts: { good: 1 },
  terminals,
};
const release = {
  version: '20261124.080000',
  compatible: 'pc',
  size: 400_000_000,
  sha256: 'ab',
  minimum: '20261001.0',
  expires: '2027-11-23T00:00:00.000Z',
  name: 'seat.raucb',
  signer: 'Release',
  added_at: '2026-11-23T00:00:00.000Z',
  added_by: 'person:u-1',
};
const device = { id: 'd-A1', state: 'approved', seat_label: 'A1', room_name: 'Phòng A', machine: { compatible: 'pc' } };

let told: Updates;
beforeEach(async () => {
  await useTexts('common', 'console', 'updates', 'fleet', 'errors-updates');
  told = { authority: true, file: '/x/update-ca.pem', releases: [release], rollouts: [running] };
  vi.spyOn(session.api, 'get').mockImplementation(async (path) => (path === '/api/updates' ? told : { devices: [device] }) as never);
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

it('shows what is wrong first, then who is at work, and by seat', () => {
  expect(inOrder(terminals).map(({ label }) => label)).toEqual(['A3', 'A2', 'A10', 'A1']);
  expect(notable(terminals).map(({ label }) => label)).toEqual(['A3', 'A2']);
});

it('says of a roll-out that stopped which terminal stopped it and why, and goes on when told', async () => {
  told = { ...told, rollouts: [{ ...running, state: 'stopped', fault: { device: 'd-A3', reason: 'unwell' } }] };
  const send = vi.spyOn(session.api, 'send').mockResolvedValue(null as never);
  render(Page);
  expect(await screen.findByText(/Dừng vì A3: bản mới không chạy tốt/)).toBeTruthy();
  expect(screen.getByText('đang tải 40%')).toBeTruthy();
  await userEvent.click(screen.getByRole('button', { name: 'Triển khai tiếp' }));
  expect(send).toHaveBeenCalledWith('POST', '/api/updates/rollouts/a-1/resume', {});
});

it('leaves one terminal out only after it was asked', async () => {
  const send = vi.spyOn(session.api, 'send').mockResolvedValue(null as never);
  render(Page);
  await userEvent.click(await screen.findByRole('button', { name: 'Bỏ qua A3' }));
  expect(send).not.toHaveBeenCalled();
  await userEvent.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Bỏ qua' }));
  expect(send).toHaveBeenCalledWith('POST', '/api/updates/rollouts/a-1/skip', { device: 'd-A3' });
});

it('begins with a terminal of that kind, and with none chosen does not', async () => {
  const send = vi.spyOn(session.api, 'send').mockResolvedValue({ id: 'a-2' } as never);
  render(Page);
  await userEvent.click(await screen.findByRole('button', { name: 'Triển khai…' }));
  const dialog = within(screen.getByRole('dialog'));
  await userEvent.click(dialog.getByRole('button', { name: 'Bắt đầu triển khai' }));
  expect(send).not.toHaveBeenCalled();
  await userEvent.selectOptions(dialog.getByLabelText('Thiết bị thử'), 'd-A1');
  expect(dialog.getByText(/Bước đầu chỉ A1 nhận bản mới/)).toBeTruthy();
  await userEvent.click(dialog.getByRole('button', { name: 'Bắt đầu triển khai' }));
  expect(send).toHaveBeenCalledWith('POST', '/api/updates/rollouts', { release: 'ab', lab: 'd-A1', soak_h: 24 });
});

it('says why a file is not taken, and takes none while nobody is trusted', async () => {
  vi.spyOn(session.api, 'upload').mockRejectedValue(new Failure('bundle-unsigned', 415, { vi: 'Bản cập nhật không do nơi phát hành ký.' }));
  const { container } = render(Page);
  await screen.findByRole('button', { name: 'Tải bản cập nhật lên…' });
  await userEvent.upload(container.querySelector<HTMLInputElement>('input[type=file]')!, new File(['x'], 'a.raucb'));
  expect(await screen.findByText('Bản cập nhật không do nơi phát hành ký.')).toBeTruthy();
  cleanup();
  told = { ...told, authority: false, releases: [], rollouts: [] };
  render(Page);
  expect(await screen.findByText(/\/x\/update-ca\.pem/)).toBeTruthy();
  expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Tải bản cập nhật lên…' }).disabled).toBe(true);
});
