import { cleanup, render, screen } from '@testing-library/svelte';
import { afterEach, expect, it, vi } from 'vitest';
import { useTexts } from '../src/lib/i18n/texts.svelte.ts';
import PinSheet from '../src/seat/signing/PinSheet.svelte';

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

it('the PIN has the focus in a sheet that has just opened: what is typed goes into it', async () => {
  await useTexts('common', 'seat');
  // As a browser does: the first thing in a dialog that can have the focus gets it.
  vi.spyOn(HTMLDialogElement.prototype, 'showModal').mockImplementation(function (this: HTMLDialogElement) {
    this.open = true;
    this.querySelector('button')?.focus();
  });
  const token = { state: 'ready', code: '', data: {}, needed: true, tries_left: 3, low: false, last: false, shortest: 4, longest: 8, count: 1, name: 'An', signs: true, mine: true };
  render(PinSheet, { token: token as never, open: true, title: 'Điểm danh', lines: ['…'], confirm: 'Ký', send: async () => {} });
  await vi.waitFor(() => expect(screen.getByLabelText(/PIN/, { selector: 'input' })).toHaveFocus());
});
