/**
 * Watches the token a session was begun with: as soon as the bridge says that it is out, or no longer answers, the console locks (I2).
 *
 * Rules (G54): one window of the browser watches, the others are told by the server, which locks the session. What the bridge cannot
 * say counts as out. A page that is left or loaded again says nothing of the token: its watch ends in silence, and the page that
 * comes next shows nothing before the bridge has said that the token is in.
 *
 *     const stop = watchToken(session);
 */
import type { Session } from '../session.svelte.ts';
import { type About, find } from './bridge.ts';

const NAME = 'phonghop-token';
const LEAVES_MS = 1000;

export function watchToken(session: Session): () => void {
  const ending = new AbortController();
  let leaving = false;
  const run = async (): Promise<void> => {
    // Locked from within the loop that hears it: what follows lets go of connections, and the screen is not to wait for that.
    const lock = (): void => void (ending.signal.aborted || session.lock());
    const out = await watch(session, ending.signal, lock).catch(() => false);
    // A page that is left loses its connections before it is told so: if it is still there in a moment, the bridge has gone.
    if (!out && leaving) await new Promise((later) => setTimeout(later, LEAVES_MS));
    if (!out) lock();
  };
  const leaves = (): void => void (leaving = true);
  const leave = (): void => ending.abort();
  // A page that is fetched back out of memory begins anew.
  const back = (event: PageTransitionEvent): void => void (event.persisted && location.reload());
  addEventListener('beforeunload', leaves);
  addEventListener('pagehide', leave);
  addEventListener('pageshow', back);
  ending.signal.addEventListener('abort', () => removeEventListener('pagehide', leave));
  if ('locks' in navigator) void inTurn(run, session, ending.signal);
  else void run();
  return () => {
    removeEventListener('beforeunload', leaves);
    removeEventListener('pageshow', back);
    leave();
  };
}

/** One window of the browser at a time; where another one watches already, it has locked if there was need. */
async function inTurn(run: () => Promise<void>, session: Session, signal: AbortSignal): Promise<void> {
  const began = await navigator.locks.request(NAME, { ifAvailable: true }, async (mine) => {
    if (mine && !signal.aborted) await run();
    return mine !== null;
  });
  if (began || signal.aborted) return;
  session.confirm();
  await navigator.locks.request(NAME, { signal }, run).catch(() => undefined);
}

/** Gives true when the token is out; false when nobody can say, or the watch is ended. */
async function watch(session: Session, signal: AbortSignal, lock: () => void): Promise<boolean> {
  const { ports } = await session.api.get<About>('/api/bridge');
  const { bridge } = await find(ports);
  if (signal.aborted || !bridge) return false;
  const { message } = await session.api.send<{ message: string }>('POST', '/api/bridge/watch');
  const asking = await bridge.ask(message);
  signal.addEventListener('abort', () => void asking.withdraw());
  for await (const told of asking.told()) {
    if (told.inside) {
      session.confirm();
      continue;
    }
    lock();
    return true;
  }
  return false;
}
