import { cleanup, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { useTexts } from '$lib/i18n/texts.svelte.ts';
import Write from '$lib/speaking/Write.svelte';
import Wall from '../src/seat/lead/Wall.svelte';
import type { Seat } from '../src/seat/seat.svelte.ts';

beforeEach(async () => {
  document.documentElement.dataset['surface'] = 'touch';
  await useTexts('common', 'speaking', 'lead');
});
afterEach(() => {
  cleanup();
  delete document.documentElement.dataset['surface'];
});

it('S4 a speech typed on the screen has paragraphs, and goes when its button is touched', async () => {
  const act = vi.fn(async () => undefined);
  render(Write, { act, onend: () => undefined });
  const press = async (...names: string[]): Promise<void> => {
    for (const name of names) await userEvent.click(screen.getByRole('button', { name }));
  };
  await press('h', 'a', 'i', 'Xuống dòng', 'y', 's');
  expect(screen.getByRole('textbox')).toHaveValue('hai\ný');
  expect(act).not.toHaveBeenCalled();
  await press('Gửi');
  expect(act).toHaveBeenCalledWith('hai\ný');
});

it('F2 what the wall cannot show is off, and the screen says why', () => {
  const now = { meeting: { phase: 'open' }, votes: [], presenting: null, notices: [], display: { mode: 'item' } };
  render(Wall, { seat: { now, waits: () => false } as unknown as Seat });
  expect(screen.getByRole('button', { name: 'Biểu quyết' })).toBeDisabled();
  expect(screen.getByRole('group')).toHaveAccessibleDescription(/chưa có ai trình chiếu\. .*chưa có biểu quyết nào\.$/);
  expect(screen.queryByText(/chưa khai mạc/)).toBeNull();
});
