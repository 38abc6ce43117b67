/**
 * Private marks as the seat's agent gives and takes them (docs/API.md; the contract is `wire/marks_content.py`).
 *
 * Rules: places are whole ten-thousandths of the page's width and height, so a mark stands where it stood at any zoom. Nothing here
 * draws or asks anybody.
 *
 *     const at = place({ x: 310, y: 120 }, { width: 620, height: 877 });   // [5000, 1368]
 *     hit(content, at, { width: 620, height: 877 }, 12);
 */
export const SIDE = 10_000;
export const MAX_MARKS = 5_000;
export const MAX_NOTE = 4_000;
export const MAX_POINTS = 2_000;
export const COLORS = ['amber', 'red', 'blue'] as const;
export type Color = (typeof COLORS)[number];
export type At = [number, number];
/** Left, top, right, bottom. */
export type Rect = [number, number, number, number];

export interface Anchor {
  /** The text that stood beside the mark, and where. */
  text: string;
  box: Rect;
}

interface Common {
  paper: string;
  version: number;
  page: number;
  color: Color;
  /** The version it was made on, when its place in this one could only be guessed. */
  since?: number;
  anchor?: Anchor;
}
export interface Highlight extends Common {
  kind: 'highlight';
  rects: Rect[];
}
export interface Ink extends Common {
  kind: 'ink';
  width: number;
  strokes: { xy: number[]; pressure?: number[] }[];
}
export interface NoteMark extends Common {
  kind: 'note';
  at: At;
  text: string;
}
export type Content = Highlight | Ink | NoteMark;
export interface Mark {
  mark: string;
  content: Content;
}
export interface Size {
  width: number;
  height: number;
}
export interface Point {
  x: number;
  y: number;
}

const within = (value: number): number => Math.min(SIDE, Math.max(0, Math.round(value)));

/** A point of a page drawn `size` large, as a place. */
export function place({ x, y }: Point, size: Size): At {
  return [within((x / size.width) * SIDE), within((y / size.height) * SIDE)];
}

/** A place, on a page drawn `size` large. */
export function point(x: number, y: number, size: Size): Point {
  return { x: (x / SIDE) * size.width, y: (y / SIDE) * size.height };
}

/** The box around a mark. */
export function bounds(content: Content): Rect {
  if (content.kind === 'note') return [...content.at, ...content.at];
  const rects =
    content.kind === 'highlight'
      ? content.rects
      : content.strokes.flatMap(({ xy }) => pairs(xy).map(([x, y]): Rect => [x, y, x, y]));
  return rects.reduce((a, b) => [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])]);
}

export function pairs(xy: readonly number[]): At[] {
  return Array.from({ length: xy.length / 2 }, (_, at) => [xy[2 * at]!, xy[2 * at + 1]!]);
}

/** The same mark elsewhere on the page, kept within it. */
export function moved(content: Content, dx: number, dy: number): Content {
  const [x0, y0, x1, y1] = bounds(content);
  const x = Math.min(SIDE - x1, Math.max(-x0, Math.round(dx)));
  const y = Math.min(SIDE - y1, Math.max(-y0, Math.round(dy)));
  if (content.kind === 'note') return { ...content, at: [content.at[0] + x, content.at[1] + y] };
  if (content.kind === 'highlight') return { ...content, rects: content.rects.map((r) => [r[0] + x, r[1] + y, r[2] + x, r[3] + y]) };
  return { ...content, strokes: content.strokes.map((one) => ({ ...one, xy: one.xy.map((v, at) => v + (at % 2 ? y : x)) })) };
}

/** Whether a touch at `at` meets the mark, `reach` CSS pixels away at most. */
export function hit(content: Content, at: At, size: Size, reach: number): boolean {
  const here = point(...at, size);
  if (content.kind === 'note') {
    const pin = point(...content.at, size);
    return Math.hypot(pin.x - here.x, pin.y - here.y) <= Math.max(reach, 24);
  }
  if (content.kind === 'highlight') {
    return content.rects.some(([x0, y0, x1, y1]) => {
      const a = point(x0, y0, size);
      const b = point(x1, y1, size);
      return here.x >= a.x - reach && here.x <= b.x + reach && here.y >= a.y - reach && here.y <= b.y + reach;
    });
  }
  return content.strokes.some(({ xy }) => {
    const points = pairs(xy).map(([x, y]) => point(x, y, size));
    if (points.length === 1) return away(here, points[0]!, points[0]!) <= reach;
    return points.some((to, n) => n > 0 && away(here, points[n - 1]!, to) <= reach);
  });
}

/** How far a point is from a line between two others. */
function away(p: Point, a: Point, b: Point): number {
  const length = (b.x - a.x) ** 2 + (b.y - a.y) ** 2;
  const t = length === 0 ? 0 : Math.min(1, Math.max(0, ((p.x - a.x) * (b.x - a.x) + (p.y - a.y) * (b.y - a.y)) / length));
  return Math.hypot(p.x - a.x - t * (b.x - a.x), p.y - a.y - t * (b.y - a.y));
}

/** A stroke with the points left out that a hand does not mean: nearer than `near` pixels to the line without them. */
export function simplified(points: readonly Point[], near = 0.6): Point[] {
  const kept = thinned(points, near);
  // A stroke as long as a page still has its limit: every second point, until it fits.
  return kept.length <= MAX_POINTS ? kept : simplified(kept.filter((_, at) => at % 2 === 0 || at === kept.length - 1), near);
}

function thinned(points: readonly Point[], near: number): Point[] {
  const keep = new Set([0, points.length - 1]);
  const spans: [number, number][] = [[0, points.length - 1]];
  for (let span = spans.pop(); span; span = spans.pop()) {
    const [from, to] = span;
    let far = near;
    let where = -1;
    for (let at = from + 1; at < to; at += 1) {
      const distance = away(points[at]!, points[from]!, points[to]!);
      if (distance > far) [far, where] = [distance, at];
    }
    if (where < 0) continue;
    keep.add(where);
    spans.push([from, where], [where, to]);
  }
  return points.filter((_, at) => keep.has(at));
}

/** The `d` of a path through the points, rounded at each. */
export function path(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (!first) return '';
  const at = ({ x, y }: Point): string => `${x.toFixed(1)} ${y.toFixed(1)}`;
  if (rest.length === 0) return `M${at(first)}l.01 0`;
  let d = `M${at(first)}`;
  rest.forEach((to, n) => {
    const next = rest[n + 1];
    d += next ? `Q${at(to)} ${at({ x: (to.x + next.x) / 2, y: (to.y + next.y) / 2 })}` : `L${at(to)}`;
  });
  return d;
}
