import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Podium } from '../src/console/live/podium.svelte.ts';
import type { MeetingDesk } from '../src/console/meeting/desk.svelte.ts';
import { Session, session } from '../src/console/session.svelte.ts';
import { Failure } from '../src/lib/failure.ts';
import type { PageSource } from '../src/lib/reader/source.ts';
import type { Paper, Presenting } from '../src/lib/sections.ts';
import { notices } from '../src/lib/ui/notices.svelte.ts';

/* The live connection, as far as a session uses it. */
const live = vi.hoisted(() => ({ told: null as ((what: 'locked' | 'signed-out') => void) | null, link: (_: 'online' | 'offline') => undefined as void, again: 0, closed: 0 }));
vi.mock('../src/lib/live/socket.ts', () => ({
  LiveSocket: class {
    session(tell: typeof live.told): () => void {
      live.told = tell;
      return () => (live.told = null);
    }
    watchLink(tell: typeof live.link): () => void {
      live.link = tell;
      return () => undefined;
    }
    async connected(): Promise<object> {
      const socket = { disconnect: () => socket, connect: () => (live.again += 1) };
      return socket;
    }
    close(): void {
      live.closed += 1;
    }
  },
}));

const ME = { person: { id: 'u-an', name: 'An', position: '', unit: '', roles: ['secretary'] }, csrf: 'token-1', idle_s: 900 };
const refused = (status: number, code: string): Response =>
  new Response(JSON.stringify({ error: { code, vi: code, en: code, data: {} } }), { status });
const fine = (value: object): Response => new Response(JSON.stringify(value), { status: 200 });

let calls: { path: string; headers: Headers; body: unknown }[];
let answers: Record<string, () => Response>;

beforeEach(() => {
  vi.useFakeTimers();
  calls = [];
  answers = { '/api/me': () => fine(ME), '/api/sign-in': () => fine(ME), '/api/unlock': () => fine({ ...ME, csrf: 'token-2' }) };
  live.again = live.closed = 0;
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    calls.push({ path, headers: new Headers(init.headers), body: init.body ? JSON.parse(init.body as string) : null });
    return (answers[path] ?? (() => fine({})))();
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function signedIn(): Promise<Session> {
  const made = new Session();
  await made.start();
  return made;
}

describe('I4 the session of a console', () => {
  it('is found again after a reload, or asks who is there', async () => {
    expect((await signedIn()).state).toBe('in');
    answers['/api/me'] = () => refused(401, 'not-signed-in');
    const nobody = await signedIn();
    expect([nobody.state, nobody.ended]).toEqual(['out', false]);
    answers['/api/me'] = () => refused(503, 'internal-error');
    expect((await signedIn()).state).toBe('failed');
  });
  it('carries its token and a key with every change', async () => {
    const mine = await signedIn();
    await mine.act('POST', '/api/meetings/m/open');
    const { headers } = calls.at(-1)!;
    expect(headers.get('X-CSRF-Token')).toBe('token-1');
    expect(headers.get('Idempotency-Key')).toMatch(/^a-[a-z2-7]{16}$/);
  });
  it('is locked by the server’s refusal, by its word, and after idling', async () => {
    const mine = await signedIn();
    answers['/api/x'] = () => refused(423, 'session-locked');
    expect(await mine.act('POST', '/api/x')).toBe(false);
    expect(mine.locked).toBe(true);
    expect(notices().some((notice) => notice.text === 'session-locked')).toBe(false);

    const told = await signedIn();
    live.told!('locked');
    expect(told.locked).toBe(true);

    const idle = await signedIn();
    vi.advanceTimersByTime(890_000);
    idle.touch();
    vi.advanceTimersByTime(890_000);
    expect(idle.locked).toBe(false);
    vi.advanceTimersByTime(20_000);
    expect(idle.locked).toBe(true);
  });
  it('opens only with the password, then goes on with a new token and connects anew', async () => {
    const mine = await signedIn();
    live.told!('locked');
    answers['/api/unlock'] = () => refused(401, 'bad-credentials');
    await expect(mine.unlock('sai')).rejects.toMatchObject({ code: 'bad-credentials' });
    expect([mine.locked, mine.state]).toEqual([true, 'in']);
    answers['/api/unlock'] = () => fine({ ...ME, csrf: 'token-2' });
    await mine.unlock('đúng');
    expect([mine.locked, mine.api.token, live.again]).toEqual([false, 'token-2', 1]);
  });
  it('opens a page that was reloaded while locked', async () => {
    answers['/api/me'] = () => refused(423, 'session-locked');
    const mine = await signedIn();
    expect([mine.state, mine.locked]).toEqual(['in', true]);
    await mine.unlock('đúng');
    expect([mine.locked, mine.me.id]).toEqual([false, 'u-an']);
  });
  it('ends when the server has ended it, and says so', async () => {
    const mine = await signedIn();
    answers['/api/x'] = () => refused(401, 'not-signed-in');
    await mine.act('POST', '/api/x');
    expect([mine.state, mine.ended, mine.api.token, live.closed]).toEqual(['out', true, '', 1]);
  });
  it('signs out, also when the server knows nothing of it any more', async () => {
    const mine = await signedIn();
    answers['/api/sign-out'] = () => refused(401, 'not-signed-in');
    await mine.signOut();
    expect([mine.state, mine.ended]).toEqual(['out', false]);
  });
  it('tells the server now and then that somebody is there, not at every key', async () => {
    const mine = await signedIn();
    const before = calls.length;
    for (let second = 0; second < 130; second += 1) {
      mine.touch();
      vi.advanceTimersByTime(1000);
    }
    expect(calls.length - before).toBe(2);
  });
});

describe('F1 what the chair presents from the console', () => {
  const paper = (id: string, pages = 20): Paper => ({ paper: id, title: id, pages, published_pages: pages, published_version: 1 }) as Paper;
  const shown = (id: string, page: number, person = 'u-an', call = 0): Presenting => ({ paper: id, version: 1, page, person, name: person, call });
  const never = (): Promise<never> => new Promise(() => undefined);
  const pages = { bitmap: never, outline: never, text: never, search: never, address: () => '' } as unknown as PageSource;

  function stage(): { podium: Podium; desk: { now: { papers: Paper[]; presenting: Presenting | null } }; sent: unknown[]; tell: (next: Presenting | null) => void } {
    const sent: unknown[] = [];
    const desk = {
      now: { papers: [paper('p'), paper('q')], presenting: null as Presenting | null },
      pages,
      act: async (_what: string, body: unknown) => {
        sent.push(body);
        await new Promise((done) => setTimeout(done, 100));
        return true;
      },
    };
    const podium = new Podium(desk as unknown as MeetingDesk);
    const tell = (next: Presenting | null): void => {
      desk.now.presenting = next;
      podium.hear(next);
    };
    return { podium, desk, sent, tell };
  }
  beforeEach(async () => void (await session.start()));

  it('goes with every page turned, one call at a time, the newest last', async () => {
    const { podium, desk, sent, tell } = stage();
    podium.present(desk.now.papers[0]);
    await vi.advanceTimersByTimeAsync(1000);
    tell(shown('p', 1));
    for (let page = 2; page <= 9; page += 1) {
      podium.book!.turnTo(page);
      podium.turned(page);
    }
    await vi.advanceTimersByTimeAsync(2000);
    expect(sent).toEqual([
      { paper: 'p', page: 1 },
      { paper: 'p', page: 2 },
      { paper: 'p', page: 9 },
    ]);
    expect(podium.busy).toBe(false);
  });
  it('is not taken back by the echo of an earlier page', async () => {
    const { podium, desk, tell } = stage();
    podium.present(desk.now.papers[0]);
    tell(shown('p', 1));
    podium.book!.turnTo(5);
    podium.turned(5);
    tell(shown('p', 2));
    expect(podium.book!.page).toBe(5);
    await vi.advanceTimersByTimeAsync(2000);
  });
  it('leaves a paper of one’s own alone', () => {
    const { podium, desk, sent, tell } = stage();
    tell(shown('p', 3));
    podium.open(desk.now.papers[1]!);
    podium.book!.turnTo(7);
    podium.turned(7);
    expect(sent).toEqual([]);
    expect(podium.onPaper).toBe(false);
  });
  it('follows others until the chair looks at something else, and again when asked', () => {
    const { podium, desk, tell } = stage();
    tell(shown('p', 3, 'u-khac'));
    expect([podium.book!.paper.paper, podium.book!.page, podium.onPage]).toEqual(['p', 3, true]);
    podium.open(desk.now.papers[1]!);
    tell(shown('p', 4, 'u-khac'));
    expect(podium.book!.paper.paper).toBe('q');
    podium.rejoin();
    expect([podium.book!.paper.paper, podium.book!.page]).toEqual(['p', 4]);
  });
  it('comes back after a reload, but not when it was put away', () => {
    const { podium, tell } = stage();
    tell(shown('p', 6));
    expect(podium.book!.page).toBe(6);
    podium.put();
    tell(shown('p', 7));
    expect(podium.book).toBeNull();
  });
});

describe('a failure from a button', () => {
  it('is told, and gives false', async () => {
    const mine = await signedIn();
    answers['/api/y'] = () => refused(409, 'agenda-changed');
    expect(await mine.act('PUT', '/api/y')).toBe(false);
    expect(notices().at(-1)!.text).toBe('agenda-changed');
    await expect(mine.api.send('PUT', '/api/y')).rejects.toBeInstanceOf(Failure);
  });

  it('that nobody heard passes when the server is there again, and lies in nobody’s way', async () => {
    const mine = await signedIn();
    live.link('offline');
    answers['/api/z'] = () => refused(503, 'http-503');
    const acted = mine.act('POST', '/api/z');
    await vi.advanceTimersByTimeAsync(2000);
    expect(await acted).toBe(false);
    const told = notices().at(-1)!.id;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(notices().map(({ id }) => id)).toContain(told);
    live.link('online');
    await vi.advanceTimersByTimeAsync(7000);
    expect(notices().map(({ id }) => id)).not.toContain(told);
  });
});
