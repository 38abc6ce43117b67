import { render, screen } from '@testing-library/svelte';
import { expect, it } from 'vitest';
import { useTexts } from '$lib/i18n/texts.svelte.ts';
import Banners from '../src/seat/Banners.svelte';
import type { Seat } from '../src/seat/seat.svelte.ts';

it('says beside the maintenance to come that what is shown is behind', async () => {
  const seat = {
    now: {
      seat: { state: 'signed_in', message: '' },
      link: { state: 'online', behind: true },
      upkeep: { dark: false, maintenance: { reason: 'Thay đầu đọc', since: '', instead: '' } },
      usb_token: null,
    },
    live: { loaded: true, link: 'online', behind: false },
  };
  await useTexts('seat');
  render(Banners, { seat: seat as unknown as Seat });
  expect(await screen.findByText(/Thay đầu đọc/)).toBeVisible();
  expect(screen.getByText(/Màn hình đang chậm hơn cuộc họp/)).toBeVisible();
});
