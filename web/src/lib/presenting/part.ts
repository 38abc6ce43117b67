/**
 * The part of a page that somebody sees, in ten-thousandths of the page's width and height (F1, W124).
 *
 *     seen({ left: 8, top: 8, width: 800, height: 1131 }, { left: 8, top: 300, width: 800, height: 560 })
 */

/** A box on a page: corner, width, height. */
export interface Box {
  x: number;
  y: number;
  w: number;
  h: number;
}

export interface Part extends Box {
  paper: string;
  version: number;
  page: number;
}

export interface Pixels {
  left: number;
  top: number;
  width: number;
  height: number;
}

export const SCALE = 10_000;
/** As the server takes it: less of a page nobody reads along in. */
const LEAST = 200;

/** What of `page` is within `room`; null when it is too little to be followed. */
export function seen(page: Pixels, room: Pixels): Box | null {
  const [x, w] = share(page.left, page.width, room.left, room.width);
  const [y, h] = share(page.top, page.height, room.top, room.height);
  return w >= LEAST && h >= LEAST ? { x, y, w, h } : null;
}

function share(start: number, length: number, from: number, room: number): [number, number] {
  const within = (at: number): number => Math.min(SCALE, Math.max(0, Math.round((SCALE * (at - start)) / length)));
  const first = within(from);
  return [first, within(from + room) - first];
}

export function same(one: Part, other: Part | null): boolean {
  return other !== null && (['paper', 'version', 'page', 'x', 'y', 'w', 'h'] as const).every((key) => one[key] === other[key]);
}
