/**
 * The arrow of a mouse: there while the mouse is moved, gone when it rests or a finger touches. A touch screen has none, and
 * nothing stands in front of a paper that is read.
 *
 * Rules: hidden from the start; `data-arrow` on the root element says that it is shown (arrow.css).
 *
 *     const stop = watchArrow(document.documentElement);
 */
export const RESTS_AFTER_MS = 4_000;

/** Begin; the returned function ends it. */
export function watchArrow(root: HTMLElement): () => void {
  let resting: ReturnType<typeof setTimeout> | undefined;
  const hide = () => root.removeAttribute('data-arrow');
  const moved = (event: PointerEvent) => {
    clearTimeout(resting);
    if (event.pointerType !== 'mouse') return hide();
    root.setAttribute('data-arrow', '');
    resting = setTimeout(hide, RESTS_AFTER_MS);
  };
  root.addEventListener('pointermove', moved, { passive: true });
  root.addEventListener('pointerdown', moved, { passive: true });
  return () => {
    clearTimeout(resting);
    root.removeEventListener('pointermove', moved);
    root.removeEventListener('pointerdown', moved);
  };
}
