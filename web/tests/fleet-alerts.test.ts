import { cleanup, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import Alerts from '../src/console/fleet/Alerts.svelte';
import { session } from '../src/console/session.svelte.ts';
import type { Device, DeviceAlert } from '../src/console/types.ts';
import { Failure } from '$lib/failure.ts';
import { useTexts } from '$lib/i18n/texts.svelte.ts';

const ONE = '0101010101010101';
const OTHER = '0202020202020202';
const alert = (kind: DeviceAlert['kind'], more: Partial<DeviceAlert> = {}): DeviceAlert => ({
  kind,
  since: '2026-11-23T01:30:00.000Z',
  last_at: '2026-11-23T02:05:00.000Z',
  times: 1,
  detail: '',
  question: null,
  ...more,
});
const shut = (asked: string, why: string, ordered = false): DeviceAlert => alert('store_shut', { question: { asked, why, ordered } });
const seat = (...alerts: DeviceAlert[]): Device =>
  ({ id: 'd-1', state: 'approved', seat_label: 'A1', room_name: 'Phòng Đống Đa', serial: '', alerts }) as unknown as Device;

const send = vi.fn();
const ondone = vi.fn();
const show = (...alerts: DeviceAlert[]) => render(Alerts, { devices: [seat(...alerts)], revoke: vi.fn(), ondone });
const press = (name: string): Promise<void> => userEvent.click(screen.getByRole('button', { name }));

beforeAll(async () => {
  await useTexts('common', 'console', 'alerts');
});
beforeEach(() => {
  send.mockReset().mockResolvedValue(undefined);
  vi.spyOn(session.api, 'send').mockImplementation(send);
  ondone.mockReset();
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

describe('a store that waits for IT (W195)', () => {
  it('is made anew by the second press alone, for the question that was read', async () => {
    show(shut(ONE, 'torn'));
    await press('Cho tạo lại kho');
    expect(send).not.toHaveBeenCalled();
    await press('Để nguyên');
    await press('Cho tạo lại kho');
    expect(send).not.toHaveBeenCalled();
    await press('Tạo lại, bỏ dữ liệu cũ');
    expect(send).toHaveBeenCalledExactlyOnceWith('POST', '/api/devices/d-1/alerts/store_shut/settle', { question: ONE });
    expect(ondone).toHaveBeenCalledOnce();
  });

  it('takes no word for a question that came between the two presses', async () => {
    const { rerender } = show(shut(ONE, 'torn'));
    await press('Cho tạo lại kho');
    await rerender({ devices: [seat(shut(OTHER, 'key'))] });
    expect(screen.getByText(/không mở được bằng khóa của máy chủ này/)).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Tạo lại, bỏ dữ liệu cũ' })).toBeNull();
    expect(screen.getByRole('button', { name: 'Cho tạo lại kho' })).toBeInTheDocument();
  });

  it('shows what stands there now when the server knows of another question', async () => {
    const { rerender } = show(shut(ONE, 'torn'));
    send.mockRejectedValueOnce(new Failure('store-asks-otherwise', 409, { vi: 'Kho dữ liệu vừa thay đổi.' }, { asked: OTHER, why: 'key' }));
    ondone.mockImplementationOnce(() => void rerender({ devices: [seat(shut(OTHER, 'key'))] }));
    await press('Cho tạo lại kho');
    await press('Tạo lại, bỏ dữ liệu cũ');
    expect(await screen.findByText('Kho dữ liệu vừa thay đổi.')).toBeInTheDocument();
    expect(await screen.findByText(/không mở được bằng khóa của máy chủ này/)).toBeInTheDocument();
    await press('Cho tạo lại kho');
    await press('Tạo lại, bỏ dữ liệu cũ');
    expect(send).toHaveBeenLastCalledWith('POST', '/api/devices/d-1/alerts/store_shut/settle', { question: OTHER });
    expect(screen.queryByText('Kho dữ liệu vừa thay đổi.')).toBeNull();
  });

  it.each([
    ['key', /không mở được bằng khóa của máy chủ này/],
    ['torn', /^Phần đầu kho dữ liệu của thiết bị ở chỗ A1 bị hỏng/],
    ['unmended', /có tệp hỏng không sửa được/],
    ['files', /mở được mà không đọc được gì/],
    ['', /ở chỗ A1 không mở được$/],
    ['constructor', /ở chỗ A1 không mở được$/],
  ])('says why it waits: %s', (why, words) => {
    show(shut(ONE, why));
    expect(screen.getByText(words)).toBeInTheDocument();
    expect(screen.getByText(/kể cả phiếu kín chưa kiểm/)).toBeInTheDocument();
  });

  it('says what was ordered until it is done, and asks for nothing more', () => {
    show(shut(ONE, 'key', true));
    expect(screen.getByText(/Đã yêu cầu lúc .*09:05.*, chờ thiết bị thực hiện/)).toBeInTheDocument();
    expect(screen.queryByRole('button')).toBeNull();
  });
});

it.each([
  ['unreadable', /Thẻ nhớ không cho đọc/],
  ['cryptsetup-does-not-work', /Chương trình mở kho trên thiết bị không chạy được/],
  ['in-use', /đang giữ kho/],
  ['something-new', /^Hãy khởi động lại thiết bị; nếu còn lặp lại/],
  ['constructor', /^Hãy khởi động lại thiết bị; nếu còn lặp lại/],
])('a store that only failed says what to do, and the word itself: %s', (word, words) => {
  show(alert('store_fault', { detail: word }));
  expect(screen.getByText(words)).toHaveTextContent('tự thử lại');
  expect(screen.getByText(new RegExp(`Mã lỗi: ${word}`))).toBeInTheDocument();
  expect(screen.queryByRole('button')).toBeNull();
});

it('any other alert is settled at once, and names no question', async () => {
  show(alert('store_lost'));
  await press('Đã rõ, không nhắc nữa');
  expect(send).toHaveBeenCalledExactlyOnceWith('POST', '/api/devices/d-1/alerts/store_lost/settle', {});
});
