import { beforeEach, describe, expect, it } from 'vitest';
import { cleanup, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { serverClock } from '$lib/clock.svelte.ts';
import { setLanguage, useTexts } from '$lib/i18n/texts.svelte.ts';
import type { Speaking, Speech } from '$lib/sections.ts';
import Remaining from '$lib/speaking/Remaining.svelte';
import Waiting from '$lib/speaking/Waiting.svelte';
import { floor, interrupted, leftSeconds, moved, past, queue, spentSeconds, tone } from '$lib/speaking/turns.ts';
import { draftOf, rulesOf } from '../src/console/live/speak/rules.ts';

const AT = Date.parse('2026-11-23T02:00:00.000Z');
const turn = (n: number, more: Partial<Speech> = {}): Speech => ({
  speech: `q-${n}`, item: 'i-1', person: `u-${n}`, kind: 'speech', name: `Đồng chí ${n} (demo)`, position: 'Kiểm sát viên', unit: 'Phòng 1',
  state: 'waiting', place: n, by: '', reason: '', asked_at: '2026-11-23T01:50:00.000Z', called_at: null, started_at: null, ended_at: null,
  limit_ms: null, spent_ms: 0, since: null, ends_at: null, by_clock: false, written: null, in_advance: false, ...more,
});
const speaking = (...speeches: Speech[]): Speaking => ({
  rules: { order: 'first', seconds: { speech: 300, order: 60, question: 120, answer: 300 }, warn: 30, person: 0, group: 0, span: 'meeting', cuts: false },
  speeches,
  people: [{ person: 'u-1', turns: 2, ms: 250_000 }],
  groups: [{ unit: 'Phòng 1', turns: 5, ms: 950_000 }],
});
const plain = (text: string | null): string => (text ?? '').replaceAll('\u00a0', ' ');

beforeEach(async () => {
  cleanup();
  localStorage.clear();
  await useTexts('common', 'speaking');
  await setLanguage('vi');
});

describe('S2 the time of a turn', () => {
  const running = turn(1, { state: 'speaking', place: 0, limit_ms: 300_000, spent_ms: 100_000, since: '2026-11-23T02:00:00.000Z' });
  it('counts the stretch that goes on, by the clock it is given, and never backwards', () => {
    expect(spentSeconds(running, AT + 20_000)).toBe(120);
    expect(leftSeconds(running, AT + 20_000)).toBe(180);
    expect(spentSeconds(running, AT - 60_000)).toBe(100);
    expect(leftSeconds({ ...running, limit_ms: null }, AT)).toBeNull();
  });
  it('warns before the end, and says that it is over', () => {
    expect([31, 30, 0.1, 0, -5, null].map((left) => tone(left, 30))).toEqual(['calm', 'warn', 'warn', 'over', 'over', 'calm']);
  });
  it('shows the server’s time, not this machine’s', () => {
    serverClock.hear('2026-11-23T02:03:00.000Z', true);
    render(Remaining, { speech: running, warn: 30 });
    expect(plain(screen.getByRole('timer').textContent)).toBe('Còn 00:20');
    expect(screen.getByRole('status').textContent).toBe('Sắp hết giờ');
    cleanup();
    serverClock.hear('2026-11-23T02:03:32.000Z', true);
    render(Remaining, { speech: running, warn: 30 });
    expect(plain(screen.getByRole('timer').textContent)).toMatch(/^Hết giờ, quá 00:1[12]$/);
  });
});

describe('S1 the queue', () => {
  const all = speaking(turn(2), turn(1), turn(9, { item: 'i-2' }), turn(5, { state: 'paused', place: 0 }), turn(6, { state: 'ended', place: 0 }));
  it('stands by the places the log gives', () => {
    expect(queue(all, 'i-1').map((each) => each.speech)).toEqual(['q-1', 'q-2']);
    expect(floor(all)).toBeUndefined();
    expect(interrupted(all).map((each) => each.speech)).toEqual(['q-5']);
    expect(past(all, 'i-1').map((each) => each.speech)).toEqual(['q-6']);
  });
  it('moves one within its ends', () => {
    const waiting = [turn(1), turn(2), turn(3)];
    expect(moved(waiting, 'q-1', 1)).toEqual(['q-2', 'q-1', 'q-3']);
    expect(moved(waiting, 'q-1', -1)).toEqual(['q-1', 'q-2', 'q-3']);
    expect(moved(waiting, 'q-1', 9)).toEqual(['q-2', 'q-3', 'q-1']);
    expect(moved(waiting, 'q-7', 1)).toEqual(['q-1', 'q-2', 'q-3']);
  });
  it('S3 says beside each name what was had, and is put in order by keys', async () => {
    const ordered: string[][] = [];
    const called: string[] = [];
    render(Waiting, {
      speaking: all, waiting: queue(all, 'i-1'), me: 'u-2', lead: true, open: true, busy: '', primary: true,
      oncall: (speech: Speech) => called.push(speech.speech), onrefuse: () => undefined, onorder: (order: string[]) => ordered.push(order),
    });
    expect(plain(screen.getAllByRole('listitem')[0]!.textContent)).toContain('Đã nói 2 lượt, 04:10 · Đơn vị 5 lượt, 15:50');
    const person = userEvent.setup();
    screen.getByRole('button', { name: 'Đưa Đồng chí 2 (demo) lên trước' }).focus();
    await person.keyboard('{Enter}');
    expect(ordered).toEqual([['q-2', 'q-1']]);
    await person.click(screen.getByRole('button', { name: 'Mời Đồng chí 1 (demo) phát biểu' }));
    expect(called).toEqual(['q-1']);
  });
});

describe('S2 the rules as they are typed', () => {
  const { rules } = speaking();
  it('come back as they were', () => expect(rulesOf(draftOf(rules))).toEqual(rules));
  it('know half minutes, and no numbers below 0 or none at all', () => {
    const draft = draftOf(rules);
    expect(rulesOf({ ...draft, minutes: { ...draft.minutes, speech: 2.5 } })?.seconds.speech).toBe(150);
    for (const wrong of ['', -1, 'x', 2000]) expect(rulesOf({ ...draft, person: wrong })).toBeNull();
  });
});
