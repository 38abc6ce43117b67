import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Session } from '../src/console/session.svelte.ts';

vi.mock('../src/lib/live/socket.ts', () => ({
  LiveSocket: class {
    session = () => () => undefined;
    watchLink = () => () => undefined;
    close = () => undefined;
  },
}));

const PERSON = { id: 'u-an', name: 'An', position: 'Viện trưởng', unit: '', roles: ['chair'] };
const json = (value: object, status = 200): Response => new Response(JSON.stringify(value), { status });
let told: ReadableStreamDefaultController<Uint8Array>;
let bridge: boolean;
let locks: number;
let sessions: Session[];

beforeEach(() => {
  bridge = true;
  locks = 0;
  sessions = [];
  vi.stubGlobal('fetch', async (url: string) => {
    if (url.startsWith('http:') && !bridge) throw new TypeError('nobody there');
    if (url.endsWith('/api/me')) return json({ person: PERSON, csrf: 'c', idle_s: 900, certificate: 'ab' });
    if (url.endsWith('/api/bridge')) return json({ name: '', key: '', code: '', ports: [1] });
    if (url.endsWith('/api/lock')) locks += 1;
    if (url.endsWith('/api/bridge/watch')) return json({ message: 'm' });
    if (url.endsWith('/api/asks')) return json({ ticket: 't' });
    if (url.endsWith('/api/asks/live')) return new Response(new ReadableStream<Uint8Array>({ start: (begun) => void (told = begun) }));
    return json({});
  });
});
afterEach(async () => {
  for (const each of sessions) await each.signOut();
  vi.unstubAllGlobals();
});

function says(inside: boolean): void {
  told.enqueue(new TextEncoder().encode(`${JSON.stringify({ state: 'done', code: '', data: {}, result: {}, inside })}\n`));
}
/** A page of a session that was begun by token is loaded. */
async function loaded(): Promise<Session> {
  const made = new Session();
  sessions.push(made);
  told = undefined!;
  await made.start();
  return made;
}
const listens = (): Promise<unknown> => vi.waitFor(() => expect(told).toBeDefined());

it('G54 a page that is left says nothing of the token', async () => {
  const mine = await loaded();
  await listens();
  says(true);
  await vi.waitFor(() => expect(mine.state).toBe('in'));
  // As the browser does it: what the page still listens to is cut before it is told that it goes.
  dispatchEvent(new Event('beforeunload'));
  told.error(new TypeError('network error'));
  await new Promise((later) => setTimeout(later, 20));
  dispatchEvent(new Event('pagehide'));
  await new Promise((later) => setTimeout(later, 1100));
  expect([mine.locked, locks]).toEqual([false, 0]);
});

it('G54 I2 a page that was to be left and stays locks when the bridge has gone, and at once when the token is out', async () => {
  for (const goes of [() => told.error(new TypeError('network error')), () => says(false)]) {
    const mine = await loaded();
    await listens();
    says(true);
    await vi.waitFor(() => expect(mine.state).toBe('in'));
    dispatchEvent(new Event('beforeunload'));
    goes();
    await vi.waitFor(() => expect(mine.locked).toBe(true), 1500);
  }
});

it('G54 I2 a page that is loaded shows nothing before the bridge says that the token is in', async () => {
  const mine = await loaded();
  expect(mine.state).toBe('starting');
  await listens();
  expect(mine.state).toBe('starting');
  says(true);
  await vi.waitFor(() => expect([mine.state, mine.locked]).toEqual(['in', false]));
  says(false);
  await vi.waitFor(() => expect([mine.locked, locks]).toEqual([true, 1]));
});

it('G54 I2 a token that was pulled while the page was loaded locks it, and shows nothing first', async () => {
  const mine = await loaded();
  await listens();
  says(false);
  await vi.waitFor(() => expect([mine.state, mine.locked, locks]).toEqual(['in', true, 1]));
});

it('G54 I2 a bridge that has gone locks, before the page is shown and after', async () => {
  bridge = false;
  const gone = await loaded();
  expect(gone.state).toBe('starting');
  await vi.waitFor(() => expect([gone.state, gone.locked, locks]).toEqual(['in', true, 1]));
  bridge = true;
  const mine = await loaded();
  await listens();
  says(true);
  await vi.waitFor(() => expect(mine.state).toBe('in'));
  told.error(new TypeError('network error'));
  await vi.waitFor(() => expect([mine.locked, locks]).toEqual([true, 2]));
});

it('I4 a page that is loaded locked says whose it is', async () => {
  vi.stubGlobal('fetch', async () => json({ error: { code: 'session-locked', vi: '', en: '', data: { token: true, name: 'An', position: 'Viện trưởng' } } }, 423));
  const mine = await loaded();
  expect([mine.locked, mine.byToken, mine.whose?.name]).toEqual([true, true, 'An']);
  vi.stubGlobal('fetch', async () => json({}));
});
