/**
 * What opens below the fold comes into sight and takes the focus.
 *
 *     <section tabindex="-1" use:arrive>
 */
export function arrive(node: HTMLElement): void {
  node.focus({ preventScroll: true });
  node.scrollIntoView({ block: 'start' });
}
