/** Whether people touch this screen and have no keyboard: what the entry's `<html data-surface>` says. */
export function isTouch(): boolean {
  return document.documentElement.dataset['surface'] === 'touch';
}
