/**
 * A dark screen's first touch: it lights the screen, and presses nothing of what lies under it.
 *
 * Rules: everything is held at the window before anybody else hears of it. What belongs to the touch that lit the screen – its release, the
 * mouse events a browser makes of it, the repeats of a held key – is held as well, until the next touch or key begins; and so is the second
 * tap of two, for the eye has seen nothing yet. A wheel belongs to no touch, and is held as long as that. Where nothing is dark, nothing is
 * held.
 *
 *     const stop = watchDark(() => dark, () => light());
 */
const STARTS = ['pointerdown', 'keydown'] as const;
const FOLLOWS = ['pointerup', 'touchstart', 'touchend', 'mousedown', 'mouseup', 'click', 'dblclick', 'contextmenu', 'keypress', 'keyup', 'wheel'] as const;
/** From the touch until a page is lit and seen. */
export const SEEN_MS = 700;

/** Begin; the returned function ends it. */
export function watchDark(isDark: () => boolean, light: () => void, now: () => number = () => performance.now()): () => void {
  let held = false;
  let litAt = -Infinity;
  const hold = (event: Event): void => {
    event.stopImmediatePropagation();
    if (event.cancelable) event.preventDefault();
  };
  const isUnseen = (): boolean => isDark() || now() - litAt < SEEN_MS;
  const start = (event: Event): void => {
    if (isDark()) {
      litAt = now();
      light();
    } else if (!isUnseen() && !(held && event instanceof KeyboardEvent && event.repeat)) {
      held = false;
      return;
    }
    held = true;
    hold(event);
  };
  const follow = (event: Event): void => {
    if (event.type === 'wheel' ? isUnseen() : held || isDark()) hold(event);
  };
  const how = { capture: true, passive: false };
  for (const name of STARTS) addEventListener(name, start, how);
  for (const name of FOLLOWS) addEventListener(name, follow, how);
  return () => {
    for (const name of STARTS) removeEventListener(name, start, how);
    for (const name of FOLLOWS) removeEventListener(name, follow, how);
  };
}
