import { cleanup, render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { useTexts } from '$lib/i18n/texts.svelte.ts';
import Units from '../src/console/admin/Units.svelte';
import { below, choices, seen, step, type Unit } from '../src/console/admin/units.ts';
import { session } from '../src/console/session.svelte.ts';
import type { Role } from '../src/console/types.ts';

vi.mock('../src/lib/live/socket.ts', () => ({
  LiveSocket: class {
    session(): () => void {
      return () => undefined;
    }
    watchLink(): () => void {
      return () => undefined;
    }
  },
}));

const unit = (id: string, parent: string | null, depth: number, more: Partial<Unit> = {}): Unit => ({
  id, code: id.toUpperCase(), name: `Đơn vị ${id}`, parent, depth, path: id, people: 0, head: null, deputies: [], closed: false, into: null, revision: 1, ...more,
});
const TREE = [unit('a', null, 0), unit('b', 'a', 1), unit('c', 'b', 2), unit('d', 'a', 1), unit('e', null, 0)];
const ids = (units: readonly Unit[]): string => units.map(({ id }) => id).join('');

describe('the tree of units', () => {
  it('hides what lies in a folded one, to the bottom', () => {
    expect(ids(seen(TREE, new Set(['a'])))).toBe('ae');
    expect(ids(seen(TREE, new Set(['b'])))).toBe('abde');
    expect([...below(TREE, 'a')].join('')).toBe('abcd');
  });
  it('is walked by the keys of every tree', () => {
    const none = new Set<string>();
    expect(step('ArrowDown', 'a', TREE, none)).toEqual({ to: 'b' });
    expect(step('ArrowUp', 'a', TREE, none)).toBeNull();
    expect(step('End', 'a', TREE, none)).toEqual({ to: 'e' });
    expect(step('ArrowRight', 'a', TREE, none)).toEqual({ to: 'b' });
    expect(step('ArrowRight', 'c', TREE, none)).toBeNull();
    expect(step('ArrowLeft', 'b', TREE, none)).toEqual({ fold: 'b' });
    expect(step('ArrowLeft', 'c', TREE, none)).toEqual({ to: 'b' });
    const folded = new Set(['a']);
    expect(step('ArrowRight', 'a', seen(TREE, folded), folded)).toEqual({ unfold: 'a' });
  });
  it('offers open units only, and never what is left out', () => {
    const closed = [...TREE, unit('f', null, 0, { closed: true })];
    expect(choices(closed, below(TREE, 'b')).map(({ value }) => value).join('')).toBe('ade');
  });
});

describe('the page of units', () => {
  let units: Unit[];
  let sent: [string, string, Record<string, unknown>][];
  let refusal: object | null;

  async function shown(role: Role): Promise<void> {
    const person = { id: 'u-me', name: 'Quản Trị', position: '', unit: '', roles: [role] };
    vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
      if (init.method && init.method !== 'GET') {
        sent.push([init.method, path, JSON.parse(String(init.body)) as Record<string, unknown>]);
        if (refusal) return new Response(JSON.stringify({ error: refusal }), { status: 409 });
        return new Response(JSON.stringify(units[0]), { status: 200 });
      }
      const answers: Record<string, unknown> = { '/api/me': { person, csrf: 'x', idle_s: 900 }, '/api/units': { units }, '/api/people': { people: [] } };
      return new Response(JSON.stringify(answers[path]), { status: 200 });
    });
    await session.start();
    render(Units, {});
    await screen.findByRole('tree');
  }
  const item = (name: string): HTMLElement => screen.getByRole('treeitem', { name: new RegExp(name) });

  beforeEach(async () => {
    await useTexts('common', 'console', 'units');
    [units, sent, refusal] = [TREE, [], null];
  });
  afterEach(cleanup);

  it('is walked, folded and ordered by keyboard alone', async () => {
    await shown('system_admin');
    item('Đơn vị a').focus();
    await userEvent.keyboard('{ArrowDown}');
    expect(item('Đơn vị b')).toHaveFocus();
    await userEvent.keyboard('{ArrowLeft}');
    expect(screen.queryByRole('treeitem', { name: /Đơn vị c/ })).toBeNull();
    await userEvent.keyboard('{Alt>}{ArrowDown}{/Alt}');
    expect(sent).toEqual([['POST', '/api/units/b/move', { parent: 'a', before: null, revision: 1 }]]);
    expect((await axe.run(document.body, { rules: { region: { enabled: false } } })).violations.map(({ id }) => id)).toEqual([]);
  });
  it('shows both wordings when somebody else was faster, and saves over theirs only when asked again', async () => {
    await shown('system_admin');
    await userEvent.click(item('Đơn vị e'));
    const name = screen.getByLabelText('Tên đơn vị');
    await userEvent.clear(name);
    await userEvent.type(name, 'Của tôi');
    refusal = { code: 'unit-changed', vi: 'Có người vừa sửa.', en: 'Changed.', data: { unit: { code: 'E', name: 'Của họ', revision: 4 } } };
    await userEvent.click(screen.getByRole('button', { name: 'Lưu' }));
    expect(await screen.findByText(/E – Của họ/)).toBeVisible();
    expect(name).toHaveValue('Của tôi');
    refusal = null;
    await userEvent.click(screen.getByRole('button', { name: 'Lưu' }));
    expect(sent.at(-1)?.[2]).toMatchObject({ name: 'Của tôi', revision: 4 });
  });
  it('is read only for the security administrator', async () => {
    await shown('security_admin');
    await userEvent.click(item('Đơn vị b'));
    expect(screen.queryByRole('button', { name: 'Thêm đơn vị' })).toBeNull();
    expect(screen.queryByRole('textbox')).toBeNull();
  });
  it('merges a unit into another that does not lie in it', async () => {
    await shown('system_admin');
    await userEvent.click(item('Đơn vị b'));
    await userEvent.click(screen.getByRole('button', { name: 'Đóng hoặc sáp nhập' }));
    const dialog = within(screen.getByRole('dialog'));
    const into = dialog.getByLabelText('Sáp nhập vào');
    expect([...into.querySelectorAll('option')].map(({ value }) => value)).toEqual(['', 'a', 'd', 'e']);
    await userEvent.selectOptions(into, 'd');
    await userEvent.click(dialog.getByRole('button', { name: 'Sáp nhập và đóng' }));
    expect(sent).toEqual([['POST', '/api/units/b/close', { into: 'd', revision: 1 }]]);
  });
});
