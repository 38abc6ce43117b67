import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Failure } from '$lib/failure.ts';
import { useTexts } from '../src/lib/i18n/texts.svelte.ts';
import { fileName, inWords, mindDownloads } from '../src/console/downloads.ts';

let told: string[];
let kept: string[];
let stop: () => void;

beforeEach(() => {
  told = [];
  kept = [];
  vi.stubGlobal('URL', Object.assign(URL, { createObjectURL: () => 'blob:x', revokeObjectURL: () => undefined }));
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
    kept.push(this.download);
  });
  stop = mindDownloads((failure: Failure) => void told.push(failure.code));
});
afterEach(() => {
  stop();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  document.body.replaceChildren();
});

function pressed(href: string): Event {
  const link = document.createElement('a');
  link.href = href;
  link.download = '';
  link.append(document.createElement('span'));
  document.body.append(link);
  const event = new MouseEvent('click', { bubbles: true, cancelable: true });
  link.firstElementChild!.dispatchEvent(event);
  return event;
}

it('says why a file is refused, and keeps nothing of the refusal', async () => {
  const refusal = JSON.stringify({ error: { code: 'not-allowed', vi: 'Không có quyền.' } });
  vi.stubGlobal('fetch', vi.fn(() => Promise.resolve(new Response(refusal, { status: 403 }))));
  expect(pressed('/api/meetings/m/rounds/k/file').defaultPrevented).toBe(true);
  await vi.waitFor(() => expect(told).toEqual(['not-allowed']));
  expect(kept).toEqual([]);
});

it('keeps what it is given under the name the server gives it', async () => {
  const headers = { 'Content-Disposition': "attachment; filename*=UTF-8''Bi%C3%AAn%20b%E1%BA%A3n.pdf" };
  vi.stubGlobal('fetch', vi.fn(() => Promise.resolve(new Response('%PDF', { headers }))));
  pressed('/api/meetings/m/rounds/k/file');
  await vi.waitFor(() => expect(kept).toEqual(['Biên bản.pdf']));
  expect(told).toEqual([]);
});

it('leaves every other link to the browser', () => {
  const left = pressed('#/meetings');
  expect(left.defaultPrevented).toBe(false);
});

it('reads the names that answers give', () => {
  expect(fileName('attachment; filename="so.csv"', 'x')).toBe('so.csv');
  expect(fileName("attachment; filename*=UTF-8''%E0%A4%A", 'file')).toBe('file');
  expect(fileName(null, 'file')).toBe('file');
});

it.each([
  [401, 'Phiên làm việc đã kết thúc nên không tải được tệp. Hãy đăng nhập lại rồi tải.'],
  [403, 'Đồng chí không được phép tải tệp này.'],
  [404, 'Tệp này không còn nữa. Hãy tải lại trang.'],
  [410, 'Tệp này không còn nữa. Hãy tải lại trang.'],
  [418, 'Không tải được tệp (418). Hãy tải lại trang rồi thử lại.'],
  [500, 'Máy chủ đang bận hoặc gặp lỗi (500) nên chưa tải được tệp. Hãy thử lại sau ít phút.'],
] as const)('says in words what stood in the place of the server: %i', async (status, words) => {
  await useTexts('common', 'console');
  const texts: string[] = [];
  stop();
  const end = mindDownloads((failure) => void texts.push(failure.text));
  vi.stubGlobal('fetch', vi.fn(() => Promise.resolve(new Response('<html>', { status }))));
  pressed('/api/meetings/m/rounds/k/file');
  await vi.waitFor(() => expect(texts).toHaveLength(1));
  end();
  expect(texts).toEqual([words]);
  expect(kept).toEqual([]);
  const own = new Failure('not-allowed', status, { vi: 'Không có quyền.' });
  expect(inWords(own)).toBe(own);
});
