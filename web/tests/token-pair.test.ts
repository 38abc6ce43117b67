import { cleanup, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it, vi } from 'vitest';
import { useTexts } from '$lib/i18n/texts.svelte.ts';
import { session } from '../src/console/session.svelte.ts';
import Pair from '../src/console/token/Pair.svelte';

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

it('G54 a bridge that knows this page can be paired anew: the server may no longer know this browser', async () => {
  await useTexts('common', 'token');
  vi.spyOn(session.api, 'get').mockResolvedValue({ name: 'VKS', key: 'k', code: '1234 5678 9012', ports: [1] });
  const sent: string[] = [];
  vi.spyOn(session.api, 'send').mockImplementation((_method: string, path: string) => {
    sent.push(path);
    return Promise.resolve({ nonce: 'n' }) as never;
  });
  vi.stubGlobal('fetch', async () => new Response('{}'));
  const open = vi.fn();
  vi.stubGlobal('open', open);
  render(Pair);
  await userEvent.click(await screen.findByRole('button', { name: 'Ghép nối lại' }));
  expect(await screen.findByText('1234 5678 9012')).toBeInTheDocument();
  expect(open).toHaveBeenCalledOnce();
  await screen.findByRole('button', { name: 'Ghép nối lại' }, { timeout: 3000 });
  expect(sent).toEqual(['/api/bridge/pairing', '/api/bridge/paired']);
});
