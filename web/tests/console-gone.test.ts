import { beforeEach, describe, expect, it, vi } from 'vitest';
import { LiveSocket } from '$lib/live/socket.ts';
import { MeetingDesk } from '../src/console/meeting/desk.svelte.ts';
import { session } from '../src/console/session.svelte.ts';

/* A connection whose every `watch` is answered with `answer`; `say` is the server telling something. */
let answer: object;
const hearers = new Map<string, ((told: unknown) => void)[]>();
const say = (event: string, told?: unknown): void => (hearers.get(event) ?? []).forEach((hear) => hear(told));
vi.mock('socket.io-client', () => ({
  io: () => {
    const socket = {
      connected: true,
      on: (event: string, hear: (told: unknown) => void) => (hearers.set(event, [...(hearers.get(event) ?? []), hear]), socket),
      off: () => socket,
      emit: () => undefined,
      close: () => undefined,
      timeout: () => ({ emit: (_what: string, _body: object, back: (late: null, told: object) => void) => back(null, answer) }),
    };
    return socket;
  },
}));

const unknown = { error: { code: 'no-such-meeting', vi: 'Không có cuộc họp này.' } };
const sections = (of: string | null): object => ({ meeting: { phase: 'open', rehearsal_of: of }, members: [], agenda: [], papers: [] });

/** The page of a meeting that the server knows at first. */
async function shown(of: string | null): Promise<MeetingDesk> {
  answer = { seq: 3, sections: sections(of) };
  vi.stubGlobal('fetch', async () => new Response(JSON.stringify(answer), { status: 200 }));
  const desk = new MeetingDesk('m-1');
  desk.start();
  await vi.waitFor(() => expect(hearers.get('gone')).toBeDefined());
  return desk;
}

describe('M5 a meeting that the server does not know any more', () => {
  beforeEach(() => {
    hearers.clear();
    vi.spyOn(session, 'socket', 'get').mockReturnValue(new LiveSocket());
  });

  it('was a rehearsal that ended, when it was one or the server says so', async () => {
    const tried = await shown('m-0');
    answer = unknown;
    say('connect');
    await vi.waitFor(() => expect(tried.gone).toBe(true));
    hearers.clear();
    vi.spyOn(session, 'socket', 'get').mockReturnValue(new LiveSocket());
    const told = await shown(null);
    say('gone', { meeting: 'm-1' });
    expect([told.gone, told.failure]).toEqual([true, null]);
  });
  it('is not called a rehearsal that ended when it was none: its page says what is wrong', async () => {
    const desk = await shown(null);
    answer = unknown;
    say('connect');
    await vi.waitFor(() => expect(desk.failure?.code).toBe('no-such-meeting'));
    expect(desk.failure?.text).toBe('Không có cuộc họp này.');
    expect(desk.gone).toBe(false);
  });
});
