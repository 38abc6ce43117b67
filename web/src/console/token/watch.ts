/**
 * Watches the token a session was begun with: as soon as the bridge says that it is out, or no longer answers, the console locks (I2).
 *
 * Rules (G54): one window of the browser watches, the others are told by the server, which locks the session. What the bridge cannot
 * say counts as out.
 *
 *     const stop = watchToken(session);
 */
import type { Session } from '../session.svelte.ts';
import { type About, find } from './bridge.ts';

export function watchToken(session: Session): () => void {
  const ending = new AbortController();
  const run = async (): Promise<void> => {
    try {
      if (await isOut(session, ending.signal)) session.lock();
    } catch {
      if (!ending.signal.aborted) session.lock();
    }
  };
  if ('locks' in navigator) void navigator.locks.request('phonghop-token', { signal: ending.signal }, run).catch(() => undefined);
  else void run();
  return () => ending.abort();
}

/** Waits until the token is out, or the watch is ended. */
async function isOut(session: Session, signal: AbortSignal): Promise<boolean> {
  const { ports } = await session.api.get<About>('/api/bridge');
  const { bridge } = await find(ports);
  if (signal.aborted) return false;
  if (!bridge) return true;
  const { message } = await session.api.send<{ message: string }>('POST', '/api/bridge/watch');
  const asking = await bridge.ask(message);
  signal.addEventListener('abort', () => void asking.withdraw());
  for await (const told of asking.told()) if (!told.inside) return !signal.aborted;
  return !signal.aborted;
}
