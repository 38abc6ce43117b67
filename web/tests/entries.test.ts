import { cleanup, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import Entries from '../src/console/record/Entries.svelte';
import { ALL, details, type Entry, personOf, request } from '../src/console/record/entries.ts';
import { session } from '../src/console/session.svelte.ts';
import { useTexts } from '$lib/i18n/texts.svelte.ts';

const entry = (more: Partial<Entry>): Entry => ({
  number: 1,
  log: 'house',
  title: '',
  seq: 1,
  hash: 'ab'.repeat(32),
  at: '2026-11-23T01:00:00.000Z',
  actor: 'person:u-aaaaaaaaaaaaaaaa',
  actor_name: 'Lan (demo)',
  about: '',
  kind: 'room_created',
  data: { name: 'Phòng A' },
  words: { vi: [['Tên', 'Phòng A']], en: [['Name', 'Phòng A']] },
  ...more,
});

beforeEach(() => useTexts('common', 'console', 'meeting', 'entries'));
afterEach(cleanup);

describe('what is asked for', () => {
  it('L3 is a span of whole days in Vietnam, and nothing that is empty', () => {
    expect(request(ALL)).toEqual({});
    expect(request({ ...ALL, log: 'house', since: '2026-11-21', until: '2026-11-21' }, 7)).toEqual({
      log: 'house',
      since: '2026-11-20T17:00:00.000Z',
      until: '2026-11-21T17:00:00.000Z',
      before: 7,
    });
  });
  it('L3 says of a line whom and what it is about, and who acted', () => {
    expect(details(entry({ about: 'An (demo)', data: { reason: 'mất', n: 3 } }))).toBe('An (demo) · mất');
    expect(personOf(entry({}))).toBe('u-aaaaaaaaaaaaaaaa');
    expect(personOf(entry({ actor: 'system' }))).toBe('');
  });
});

describe('the page', () => {
  it('L3 goes on where it ended, narrows to one person, and shows what cannot be read', async () => {
    const pages = [
      { entries: [entry({ number: 9 }), entry({ number: 8, kind: '', at: null, actor: '', actor_name: '', data: {} })], next: 8 },
      { entries: [entry({ number: 3, actor: 'system', actor_name: '' })], next: null },
      { entries: [], next: null },
    ];
    const asked: unknown[] = [];
    vi.spyOn(session.api, 'get').mockResolvedValue({ meetings: [] });
    vi.spyOn(session.api, 'send').mockImplementation((_method, _path, body) => {
      asked.push(body);
      return Promise.resolve(pages[asked.length - 1]) as Promise<never>;
    });
    const person = userEvent.setup();
    render(Entries);
    expect(await screen.findByText('Không đọc được')).toBeInTheDocument();
    await person.click(screen.getByRole('button', { name: 'Chi tiết dòng 9' }));
    expect(screen.getByText(/Phòng A",?$|"name": "Phòng A"/)).toBeInTheDocument();
    await person.click(screen.getByRole('button', { name: 'Xem tiếp' }));
    expect(await screen.findByText('Máy chủ')).toBeInTheDocument();
    await person.click(screen.getByRole('button', { name: 'Lan (demo)' }));
    expect(await screen.findByText('Không có dòng nào khớp')).toBeInTheDocument();
    expect(asked).toEqual([{}, { before: 8 }, { actor: 'u-aaaaaaaaaaaaaaaa' }]);
  });
});
