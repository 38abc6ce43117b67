import { cleanup, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { tick } from 'svelte';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import PinPad from '../src/seat/PinPad.svelte';
import type { TokenInfo } from '../src/seat/sections.ts';
import { useTexts } from '$lib/i18n/texts.svelte.ts';

const token: TokenInfo = {
  state: 'ready', name: 'Trần Thị Lan (demo)', tries_left: null, low: false, last: false, shortest: 4, longest: 8, code: '', data: {}, count: 7,
  needed: false, mine: false, signs: true,
};
const props = (count = 7) => ({ token: { ...token, count }, yes: 'Đăng nhập', send: () => Promise.resolve() });
const values = (): string[] => screen.getAllByLabelText<HTMLInputElement>('Mã PIN của USB token').map((field) => field.value);

beforeEach(() => useTexts('common', 'seat'));
afterEach(cleanup);

describe('a PIN that is half typed', () => {
  it('G41 goes on when the screen around the pad becomes another one, for half a PIN would cost a try', async () => {
    const locked = render(PinPad, props());
    await userEvent.type(screen.getByLabelText('Mã PIN của USB token'), '123');
    const welcome = render(PinPad, props());
    locked.unmount();
    await new Promise((after) => setTimeout(after, 5));
    expect(values()).toEqual(['123']);
    await userEvent.type(screen.getByLabelText('Mã PIN của USB token'), '4');
    expect(values()).toEqual(['1234']);
    welcome.unmount();
  });
  it('G41 is gone as soon as no pad is on screen', async () => {
    const first = render(PinPad, props());
    await userEvent.type(screen.getByLabelText('Mã PIN của USB token'), '123');
    first.unmount();
    await new Promise((after) => setTimeout(after, 5));
    render(PinPad, props());
    expect(values()).toEqual(['']);
  });
  it('G41 is nothing to the next token', async () => {
    render(PinPad, props(7));
    await userEvent.type(screen.getByLabelText('Mã PIN của USB token'), '123');
    render(PinPad, props(8));
    await tick();
    expect(values()).toEqual(['123', '']);
  });
});
