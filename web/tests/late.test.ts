import { cleanup, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { createRawSnippet } from 'svelte';
import { afterEach, expect, test, vi } from 'vitest';
import { useTexts } from '$lib/i18n/texts.svelte.ts';
import Late from '$lib/ui/Late.svelte';

const shown = createRawSnippet((part: () => string) => ({ render: () => `<p>${part()}</p>` }));

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

/** Not there at first, there when it is asked for again. */
function broken(): () => Promise<string> {
  return vi.fn<() => Promise<string>>().mockRejectedValueOnce(new TypeError('no network')).mockResolvedValue('Hàng chờ');
}

test('a part that could not be fetched says so and is fetched again when it is asked for', async () => {
  await useTexts('common');
  const load = broken();
  render(Late<string>, { load, shown });
  expect(await screen.findByRole('alert')).toHaveTextContent('Không liên lạc được với máy chủ');
  expect(screen.queryByRole('button', { name: 'Tải lại trang' })).toBeNull();
  await userEvent.click(screen.getByRole('button', { name: 'Thử lại' }));
  expect(await screen.findByText('Hàng chờ')).toBeVisible();
  expect(screen.queryByRole('alert')).toBeNull();
  expect(load).toHaveBeenCalledTimes(2);
});

/* As Chromium does, which keeps a failed import until the page is loaded anew. */
test('a part that cannot be fetched again either comes with the page loaded anew', async () => {
  await useTexts('common');
  const reload = vi.fn();
  vi.stubGlobal('location', { reload });
  render(Late<string>, { load: () => Promise.reject(new TypeError('Failed to fetch dynamically imported module: /assets/x.js')), shown });
  await userEvent.click(await screen.findByRole('button', { name: 'Thử lại' }));
  await userEvent.click(await screen.findByRole('button', { name: 'Tải lại trang' }));
  expect(reload).toHaveBeenCalledOnce();
});

test.each([new TypeError("Cannot read properties of undefined (reading 'x')"), new ReferenceError('y is not defined')])(
  'a part that is broken is no failure of the network: %s',
  async (fault) => {
    await useTexts('common');
    render(Late<string>, { load: () => Promise.reject(fault), shown });
    expect(await screen.findByRole('alert')).toHaveTextContent('page-fault');
    expect(screen.getByRole('button', { name: 'Tải lại trang' })).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Thử lại' })).toBeNull();
  },
);

test('a dialog that could not be fetched is a dialog that says so, and closing it ends the part', async () => {
  await useTexts('common');
  const onend = vi.fn();
  render(Late<string>, { load: broken(), shown, onend });
  const box = await screen.findByRole('dialog', { name: 'Chưa thực hiện được' });
  expect(box).toHaveTextContent('Không liên lạc được với máy chủ');
  await userEvent.click(screen.getByRole('button', { name: 'Đóng' }));
  expect(onend).toHaveBeenCalledOnce();
});
