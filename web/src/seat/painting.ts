/**
 * The page's sign of life: it says that it has painted, so that whoever keeps the screen notices one that stands still.
 *
 * Rules: said from within a frame, not by the clock alone: a browser whose painting has died still runs its timers. One frame is
 * waited for at a time. A word that does not arrive is not repeated; the next one follows.
 *
 *     const stop = tellPainting(() => api.send('POST', '/api/painted', {}));
 */
export const PAINTED_EVERY_MS = 5_000;

/** Begin; the returned function ends it. */
export function tellPainting(say: () => Promise<unknown>): () => void {
  let frame = 0;
  const timer = setInterval(() => {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      void say().catch(() => undefined);
    });
  }, PAINTED_EVERY_MS);
  return () => {
    clearInterval(timer);
    cancelAnimationFrame(frame);
  };
}
