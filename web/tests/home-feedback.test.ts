import { cleanup, render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { useTexts } from '$lib/i18n/texts.svelte.ts';
import Feedback from '../src/console/home/Feedback.svelte';
import { session } from '../src/console/session.svelte.ts';

const told = ['new', 'taken', 'done'].map((state, at) => ({ number: at + 1, state, unread: false }));
let asked: string[];

beforeEach(async () => {
  await useTexts('common', 'console', 'feedback');
  asked = [];
  vi.spyOn(session.api, 'get').mockImplementation((path: string) => {
    asked.push(path);
    return Promise.resolve({ feedback: path === '/api/feedback' ? told : [] }) as never;
  });
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

it('leads IT to what waits for an answer, and says how much', async () => {
  vi.spyOn(session, 'has').mockImplementation((...roles) => roles.includes('it'));
  render(Feedback, { meetings: [] });
  const way = await screen.findByRole('link', { name: '2 báo lỗi, góp ý chờ trả lời' });
  expect(way.getAttribute('href')).toMatch(/\/feedback\/desk$/);
});

it('asks nothing of the desk for anybody else', async () => {
  vi.spyOn(session, 'has').mockReturnValue(false);
  const { container } = render(Feedback, { meetings: [] });
  await vi.waitFor(() => expect(asked).toEqual(['/api/me/feedback']));
  expect(container.querySelector('a')).toBeNull();
});

it('says to IT what of the terminals waits: open faults and days, rows of a list', async () => {
  vi.spyOn(session, 'has').mockImplementation((...roles) => roles.includes('it'));
  const answers: Record<string, unknown> = {
    '/api/devices/book/standing': { today: '2026-11-23', open: 2, late: 1, due: 3, soon: 0, devices: {} },
    '/api/devices/list/attention': { rows: 3 },
  };
  vi.spyOn(session.api, 'get').mockImplementation((path: string) => Promise.resolve(answers[path] ?? { feedback: [] }) as never);
  render(Feedback, { meetings: [] });
  const book = await screen.findByRole('link', { name: /2 hỏng hóc chưa xong, 1 quá hạn bảo trì, 3 đến hạn hôm nay/ });
  expect(book.getAttribute('href')).toMatch(/\/devices\/book$/);
  expect((await screen.findByRole('link', { name: /3 dòng cần xem/ })).getAttribute('href')).toMatch(/\/devices\/list$/);
});
