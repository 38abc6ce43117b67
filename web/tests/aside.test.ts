import { cleanup, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { createRawSnippet, tick } from 'svelte';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { useTexts } from '../src/lib/i18n/texts.svelte.ts';
import { clearTheWay } from '../src/lib/ui/aside.ts';
import Actions from '../src/seat/Actions.svelte';
import NoteDialog from '../src/seat/marks/NoteDialog.svelte';
import type { Pad } from '../src/seat/marks/pad.svelte.ts';
import Password from '../src/seat/Password.svelte';
import PinSheet from '../src/seat/signing/PinSheet.svelte';

beforeAll(async () => {
  await useTexts('common', 'seat', 'service', 'marks');
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const open = (): Element | null => document.querySelector('dialog[open]');

describe('a ballot needs the screen', () => {
  it('a service call makes way, and what was typed is there afterwards', async () => {
    const seat = { now: { service: [], agenda: [], meeting: { phase: 'open' } }, waits: () => false, online: true };
    const desk = { book: null, paper: null };
    const who = { id: 'u-1', role: 'member' };
    const nothing = (): void => {};
    const person = userEvent.setup();
    render(Actions, {
      seat, desk, who, voting: false, onvote: null, signing: false, speaking: false, onspeaking: nothing,
      leading: false, onleading: nothing, onpapers: nothing, onsigning: nothing, onagenda: nothing,
    } as never);
    await person.click(screen.getByRole('button', { name: 'Gọi phục vụ' }));
    await person.click(await screen.findByRole('button', { name: 'Việc khác…' }));
    await person.type(screen.getByRole('textbox'), 'Mượn kính');
    clearTheWay();
    await vi.waitFor(() => expect(open()).toBeNull());
    await person.click(screen.getByRole('button', { name: 'Gọi phục vụ' }));
    expect(await screen.findByRole('textbox')).toHaveValue('Mượn kính');
  });

  it('a note that is being written is kept', async () => {
    const pad = { add: vi.fn(), put: vi.fn() };
    const onclose = vi.fn();
    render(NoteDialog, { pad: pad as unknown as Pad, mark: null, content: { kind: 'note', page: 2, x: 1, y: 1, color: 'yellow', text: '' } as never, onclose });
    await userEvent.type(screen.getByRole('textbox'), 'Hoi lai');
    clearTheWay();
    expect(pad.add).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ text: 'Hoi lai' }));
    expect(onclose).toHaveBeenCalled();
  });

  it('nobody is taken away from a card that is at work', async () => {
    const token = { state: 'working', tries_left: 3, low: false, last: false, shortest: 4, longest: 8, count: 1, name: 'An', signs: true, mine: true };
    const onclose = vi.fn();
    render(PinSheet, { token: token as never, open: true, title: 'Điểm danh', lines: ['…'], confirm: 'Ký', send: () => new Promise(() => {}), onclose });
    clearTheWay();
    await tick();
    expect(open()).not.toBeNull();
    expect(onclose).not.toHaveBeenCalled();
  });
});

describe('the page for a password', () => {
  it('waits for three minutes, and says half a minute before that it goes', async () => {
    vi.useFakeTimers();
    const onidle = vi.fn();
    const children = createRawSnippet(() => ({ render: () => '<p>An</p>' }));
    render(Password, { yes: 'Đăng nhập', name: 'An', send: async () => {}, onidle, children });
    await vi.advanceTimersByTimeAsync(149_000);
    expect(screen.getByRole('status').textContent).toBe('');
    await vi.advanceTimersByTimeAsync(11_000);
    expect(screen.getByRole('status')).toHaveTextContent('Sau 20 giây');
    expect(onidle).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(onidle).toHaveBeenCalled();
  });
});
