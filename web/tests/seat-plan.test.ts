import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import EditPlan from '../src/console/fleet/EditPlan.svelte';
import { grid, hemicycle, horseshoe, nextLabel, onPlan } from '../src/console/fleet/plans.ts';
import { session } from '../src/console/session.svelte.ts';
import type { Room } from '../src/console/types.ts';
import { useTexts } from '$lib/i18n/texts.svelte.ts';

beforeEach(() => useTexts('common', 'console', 'meeting', 'fleet'));
afterEach(cleanup);

describe('plans by rule', () => {
  it('are on the plan, with no two labels and no two places alike', () => {
    for (const plan of [grid(5, 9)!, horseshoe(5, 20)!, hemicycle(1, 12)!, hemicycle(4, 9)!, hemicycle(12, 15)!]) {
      expect(new Set(plan.map((seat) => seat.label)).size).toBe(plan.length);
      expect(new Set(plan.map((seat) => `${seat.x},${seat.y}`)).size).toBe(plan.length);
      for (const seat of plan) expect(onPlan(seat)).toEqual({ x: seat.x, y: seat.y });
    }
  });
  it('put half circles around the display, each row behind the one before', () => {
    const plan = hemicycle(3, 5)!;
    expect(plan.length).toBe(5 + 7 + 9);
    const far = (seat: { x: number; y: number }): number => Math.round(Math.hypot(seat.x - 500, seat.y - 700) / 10);
    const rows = ['A', 'B', 'C'].map((row) => new Set(plan.filter((seat) => seat.label.startsWith(row)).map(far)));
    expect(rows.map((row) => row.size)).toEqual([1, 1, 1]);
    expect([...rows.flatMap((row) => [...row])]).toEqual([...rows.flatMap((row) => [...row])].sort((a, b) => a - b));
  });
  it('cannot be drawn beyond what a room can hold', () => {
    for (const [rows, inner] of [[0, 5], [13, 5], [2, 2], [2, 41], [1.5, 5], [NaN, 5]] as const) expect(hemicycle(rows, inner)).toBeNull();
  });
  it('go on with the label of the last row', () => {
    expect(nextLabel(['A1', 'C3'])).toBe('C4');
    expect(nextLabel(['C4', 'C3'])).toBe('C5');
    expect(nextLabel([])).toBe('A1');
  });
});

describe('a plan drawn by hand', () => {
  const room: Room = {
    id: 'r-aaaaaaaaaaaaaaaa',
    name: 'Phòng A (demo)',
    seats: [
      { id: 's-aaaaaaaaaaaaaaaa', label: 'A1', x: 100, y: 100, device: null },
      { id: 's-bbbbbbbbbbbbbbbb', label: 'A2', x: 995, y: 500, device: null },
    ],
  };

  it('is moved by the keyboard, kept on the plan, added to, and sent as what has changed', async () => {
    const send = vi.spyOn(session.api, 'send').mockResolvedValue({ added: [] });
    const done = vi.fn();
    const person = userEvent.setup();
    render(EditPlan, { room, onclose: () => undefined, ondone: done });
    const second = screen.getByRole('button', { name: /^Chỗ A2/ });
    await fireEvent.keyDown(second, { key: 'ArrowRight' });
    await fireEvent.keyDown(second, { key: 'ArrowUp', shiftKey: true });
    expect(second).toHaveAccessibleName('Chỗ A2: ngang 1000, dọc 450');
    await person.click(screen.getByRole('button', { name: 'Thêm chỗ ngồi' }));
    const label = screen.getByRole('textbox', { name: 'Nhãn' });
    expect(label).toHaveValue('A3');
    await person.clear(label);
    await person.type(label, 'A1');
    await person.click(screen.getByRole('button', { name: 'Lưu sơ đồ' }));
    expect(screen.getByText('Nhãn trùng hoặc trống')).toBeInTheDocument();
    expect(send).not.toHaveBeenCalled();
    await person.clear(label);
    await person.type(label, 'B1');
    await person.click(screen.getByRole('button', { name: 'Lưu sơ đồ' }));
    expect(send.mock.calls[0]!.slice(0, 3)).toEqual([
      'PUT',
      '/api/rooms/r-aaaaaaaaaaaaaaaa/plan',
      { moved: [{ seat: 's-bbbbbbbbbbbbbbbb', x: 1000, y: 450 }], added: [{ label: 'B1', x: 500, y: 500 }] },
    ]);
    expect(done).toHaveBeenCalled();
  });
  it('keeps a place when what is typed for it is no number', async () => {
    render(EditPlan, { room, onclose: () => undefined, ondone: () => undefined });
    const across = screen.getByRole('textbox', { name: 'A2 · Ngang' });
    for (const value of ['', '  ', 'giữa']) {
      await fireEvent.change(across, { target: { value } });
      expect(across).toHaveValue('995');
    }
    expect(screen.getByRole('button', { name: /^Chỗ A2/ })).toHaveAccessibleName('Chỗ A2: ngang 995, dọc 500');
  });
  it('says when two seats lie on each other', async () => {
    render(EditPlan, { room, onclose: () => undefined, ondone: () => undefined });
    const across = screen.getByRole('textbox', { name: 'A2 · Ngang' });
    await fireEvent.change(across, { target: { value: '110' } });
    await fireEvent.change(screen.getByRole('textbox', { name: 'A2 · Dọc' }), { target: { value: '110' } });
    expect(screen.getByText('Hai chỗ A1 và A2 đang chồng lên nhau.')).toBeInTheDocument();
  });
});
