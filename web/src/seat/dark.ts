/**
 * A dark screen's first touch: it lights the screen, and presses nothing of what lies under it.
 *
 * Rules: everything is held at the window before anybody else hears of it. What belongs to the touch that lit the screen – its release, the
 * mouse events a browser makes of it, the repeats of a held key – is held as well, until the next touch or key begins. Where
 * nothing is dark, nothing is held.
 *
 *     const stop = watchDark(() => dark, () => light());
 */
const STARTS = ['pointerdown', 'keydown'] as const;
const FOLLOWS = ['pointerup', 'touchstart', 'touchend', 'mousedown', 'mouseup', 'click', 'dblclick', 'contextmenu', 'keypress', 'keyup', 'wheel'] as const;

/** Begin; the returned function ends it. */
export function watchDark(isDark: () => boolean, light: () => void): () => void {
  let held = false;
  const hold = (event: Event): void => {
    event.stopImmediatePropagation();
    if (event.cancelable) event.preventDefault();
  };
  const start = (event: Event): void => {
    if (isDark()) {
      held = true;
      hold(event);
      light();
    } else if (held && event instanceof KeyboardEvent && event.repeat) hold(event);
    else held = false;
  };
  const follow = (event: Event): void => {
    if (held || isDark()) hold(event);
  };
  const how = { capture: true, passive: false };
  for (const name of STARTS) addEventListener(name, start, how);
  for (const name of FOLLOWS) addEventListener(name, follow, how);
  return () => {
    for (const name of STARTS) removeEventListener(name, start, how);
    for (const name of FOLLOWS) removeEventListener(name, follow, how);
  };
}
