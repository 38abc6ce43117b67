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
    // Locked from within the loop that hears it: what follows lets go of connections, and the screen is not to wait for that.
    const lock = (): void => void (ending.signal.aborted || session.lock());
    try {
      await watch(session, { signal: ending.signal, lock });
    } catch {
      lock();
    }
  };
  if ('locks' in navigator) void navigator.locks.request('phonghop-token', { signal: ending.signal }, run).catch(() => undefined);
  else void run();
  return () => ending.abort();
}

/** Returns when the token is out, or the watch is ended. */
async function watch(session: Session, { signal, lock }: { signal: AbortSignal; lock: () => void }): Promise<void> {
  const { ports } = await session.api.get<About>('/api/bridge');
  const { bridge } = await find(ports);
  if (signal.aborted) return;
  if (!bridge) return lock();
  const { message } = await session.api.send<{ message: string }>('POST', '/api/bridge/watch');
  const asking = await bridge.ask(message);
  signal.addEventListener('abort', () => void asking.withdraw());
  for await (const told of asking.told()) {
    if (told.inside) continue;
    lock();
    return;
  }
  lock();
}
