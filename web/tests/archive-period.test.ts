import { cleanup, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it, vi } from 'vitest';
import { Failure } from '$lib/failure.ts';
import { useTexts } from '$lib/i18n/texts.svelte.ts';
import PeriodDialog from '../src/console/archive/PeriodDialog.svelte';

afterEach(cleanup);

it('D5 keeps the reason that was typed when somebody else was faster, and sends it again', async () => {
  await useTexts('common', 'archive');
  const act = vi.fn<(years: number | null, reason: string) => Promise<unknown>>();
  const props = { open: true, title: 'Đổi thời hạn', yes: 'Đổi', withReason: true, years: 5 as number | null, act };
  const { rerender } = render(PeriodDialog, props);
  await userEvent.type(screen.getByLabelText('Lý do đổi thời hạn'), 'Vụ việc lớn');
  act.mockImplementationOnce(async () => {
    await rerender({ years: 20 });
    throw new Failure('archive-changed', 409, { vi: 'Người khác vừa đổi.' });
  });
  await userEvent.click(screen.getByRole('button', { name: 'Đổi' }));
  expect(await screen.findByText('Người khác vừa đổi.')).toBeInTheDocument();
  act.mockResolvedValueOnce(undefined);
  await userEvent.click(screen.getByRole('button', { name: 'Đổi' }));
  expect(act.mock.calls).toEqual([[5, 'Vụ việc lớn'], [5, 'Vụ việc lớn']]);
});
