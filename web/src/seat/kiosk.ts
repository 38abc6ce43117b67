/**
 * The secret by which the agent knows this terminal's own browser: it comes in the fragment of the address that the screen opens.
 *
 * Rules: the fragment leaves the address bar at once and is kept nowhere; the agent is asked once and answers with a cookie that no
 * script can read. Without a fragment the cookie of an earlier time has to do.
 *
 *     await enter(api);   // throws Failure 'seat-kiosk-only' to anybody else
 */
import type { Api } from '$lib/api.ts';
import { Failure } from '$lib/failure.ts';

const MARK = '#kiosk=';
const AGAIN_MS = 1000;

/** Let this page in; waits for an agent that is away. Throws `Failure`. */
export async function enter(api: Api): Promise<void> {
  const secret = location.hash.startsWith(MARK) ? location.hash.slice(MARK.length) : null;
  if (secret !== null) history.replaceState(null, '', location.pathname + location.search);
  for (;;) {
    try {
      await (secret === null ? api.get('/api/seat') : api.send('POST', '/api/kiosk', { secret }));
      return;
    } catch (thrown) {
      const failure = Failure.from(thrown);
      if (failure.status === 401 || failure.status === 429) throw failure;
      await new Promise((done) => setTimeout(done, AGAIN_MS));
    }
  }
}

/** A new address typed into this window changes only its fragment: the page begins anew. */
export function watchAddress(): () => void {
  const look = (): void => {
    if (location.hash.startsWith(MARK)) location.reload();
  };
  addEventListener('hashchange', look);
  return () => removeEventListener('hashchange', look);
}
