import { cleanup, render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { useTexts } from '$lib/i18n/texts.svelte.ts';
import People from '../src/console/admin/People.svelte';
import { session } from '../src/console/session.svelte.ts';
import type { Account, Role } from '../src/console/types.ts';

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

const account = (id: string, name: string, disabled = false): Account => ({ id, name, position: '', unit: '', roles: [], username: id, disabled });
let all: Account[];
let sent: string[];
let refusal: object | null;

async function shown(role: Role): Promise<void> {
  const me = { person: { ...account('u-me', 'Quản Trị'), roles: [role] }, csrf: 'x', idle_s: 900 };
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    if (init.method === 'POST') {
      sent.push(path);
      if (path.endsWith('/password')) return new Response(JSON.stringify({ password: 'abcd-efgh-ijkl-mnop' }), { status: 200 });
      if (refusal) return new Response(JSON.stringify({ error: refusal }), { status: 409 });
      all = all.map((one) => (path.includes(one.id) ? { ...one, disabled: path.endsWith('/disable') } : one));
      return new Response(null, { status: 204 });
    }
    return new Response(JSON.stringify(path === '/api/me' ? me : { people: all }), { status: 200 });
  });
  await session.start();
  render(People, {});
  await screen.findByRole('table');
}
const row = (name: string): ReturnType<typeof within> => within(screen.getByRole('row', { name: new RegExp(name) }));

beforeEach(async () => {
  await useTexts('common', 'console', 'meeting', 'fleet', 'units', 'roster');
  all = [account('u-me', 'Quản Trị'), account('u-an', 'Nguyễn An'), account('u-cu', 'Lê Cũ', true)];
  sent = [];
  refusal = null;
});
afterEach(cleanup);

describe('I4 a password for one sign-in', () => {
  const give = /^Cấp mật khẩu dùng một lần/;
  it('is given by the security administrator after a question, and shown once', async () => {
    await shown('security_admin');
    await userEvent.click(row('Nguyễn An').getByRole('button', { name: give }));
    expect(sent).toEqual([]);
    const asked = screen.getByRole('dialog', { name: 'Cấp mật khẩu dùng một lần cho Nguyễn An' });
    await userEvent.click(within(asked).getByRole('button', { name: 'Cấp mật khẩu' }));
    expect(await within(asked).findByText('abcd-efgh-ijkl-mnop')).toBeVisible();
    expect(sent).toEqual(['/api/people/u-an/password']);
    await userEvent.click(within(asked).getByRole('button', { name: 'Đã chép, đóng lại' }));
    expect(screen.queryByText('abcd-efgh-ijkl-mnop')).toBeNull();
  });
  it('is offered for nobody who administers, is locked out, or asks', async () => {
    all = all.map((one) => (one.id === 'u-an' ? { ...one, roles: ['auditor'] } : one));
    await shown('security_admin');
    expect(screen.queryByRole('button', { name: give })).toBeNull();
  });
  it('and not by the system administrator', async () => {
    await shown('system_admin');
    expect(screen.queryByRole('button', { name: give })).toBeNull();
  });
});

describe('I5 accounts are disabled and enabled', () => {
  it('after a question that says what happens', async () => {
    await shown('system_admin');
    await userEvent.click(row('Nguyễn An').getByRole('button', { name: 'Khóa tài khoản Nguyễn An' }));
    expect(sent).toEqual([]);
    expect(screen.getByText(/bị đăng xuất ngay ở mọi nơi/)).toBeVisible();
    await userEvent.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Khóa tài khoản' }));
    expect(sent).toEqual(['/api/people/u-an/disable']);
    expect(await row('Nguyễn An').findByText('Đã khóa')).toBeVisible();
  });
  it('at once when enabled again', async () => {
    await shown('security_admin');
    await userEvent.click(row('Lê Cũ').getByRole('button', { name: 'Mở lại tài khoản Lê Cũ' }));
    expect(sent).toEqual(['/api/people/u-cu/enable']);
    expect(await row('Lê Cũ').findByText('Đang dùng')).toBeVisible();
  });
  it('with the server’s reason when it refuses', async () => {
    refusal = { code: 'last-administrator', vi: 'Đây là quản trị viên cuối cùng.', en: 'The last administrator.', data: {} };
    await shown('system_admin');
    await userEvent.click(row('Nguyễn An').getByRole('button', { name: /Khóa/ }));
    await userEvent.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Khóa tài khoản' }));
    expect(screen.getByRole('alert')).toHaveTextContent('Đây là quản trị viên cuối cùng.');
    expect(row('Nguyễn An').getByText('Đang dùng')).toBeVisible();
  });
  it('but not one’s own', async () => {
    await shown('security_admin');
    expect(row('Quản Trị').queryByRole('button')).toBeNull();
  });
});

describe('administrators are made by the security administrator', () => {
  const roles = async (): Promise<string[]> => {
    await userEvent.click(screen.getByRole('button', { name: 'Thêm tài khoản' }));
    return within(screen.getByRole('dialog')).getAllByRole('checkbox').map((box) => (box as HTMLInputElement).value);
  };
  it('to whom all roles are offered', async () => {
    await shown('security_admin');
    expect(await roles()).toEqual(['secretary', 'it', 'system_admin', 'security_admin', 'auditor', 'clerk']);
  });
  it('and not by the system administrator, who is told so', async () => {
    await shown('system_admin');
    expect(await roles()).toEqual(['secretary', 'it', 'clerk']);
    expect(screen.getByText('Ba vai trò quản trị do quản trị an ninh cấp.')).toBeVisible();
  });
});
