/**
 * How large a page is drawn.
 *
 * Rules: 100% is the paper's own size (a point is 4/3 CSS pixels). Fitting never draws larger than 200%, so a visiting card does not
 * fill a wall. Pictures are asked for in a few widths only, so that renderer and cache meet the same ones again.
 *
 * A part of the page that somebody else sees is drawn as large as it fits here, but never too small to be read (W125).
 */
import { type Box, SCALE } from '../presenting/part.ts';

export type Fit = 'width' | 'page';
/** A part is of one page; on others its scale stands. */
export type Seen = Box & { page: number };
export type Zoom = Fit | number | Seen;
export interface Size {
  width: number;
  height: number;
}

const PIXELS_A_POINT = 4 / 3;
const STEPS = [0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 2.5, 3];
/** The larger ones of `pages/model.py: WIDTHS`. */
const PICTURE_WIDTHS = [480, 640, 800, 960, 1200, 1600, 2000, 2400];
const FIT_MAX = 2;
const SEEN_MAX = 4;
const READABLE = 0.8;
/** So near to fitting it is meant to fit: screens of one size show the same picture. */
const NEAR = 0.03;

/** The scale at which `zoom` draws a page of `page` points on a stage of `stage` CSS pixels. */
export function scaleOf(zoom: Zoom, page: Size, stage: Size): number {
  if (typeof zoom === 'number') return zoom;
  if (typeof zoom === 'object') return seenScale(zoom, page, stage);
  const across = stage.width / (page.width * PIXELS_A_POINT);
  const down = stage.height / (page.height * PIXELS_A_POINT);
  return Math.min(FIT_MAX, zoom === 'width' ? across : Math.min(across, down));
}

function seenScale(part: Box, page: Size, stage: Size): number {
  const across = stage.width / ((part.w / SCALE) * page.width * PIXELS_A_POINT);
  const down = stage.height / ((part.h / SCALE) * page.height * PIXELS_A_POINT);
  const wide = scaleOf('width', page, stage);
  const wanted = Math.min(SEEN_MAX, Math.max(Math.min(READABLE, wide), Math.min(across, down)));
  return Math.abs(wanted / wide - 1) < NEAR ? wide : wanted;
}

/** The size in CSS pixels of a page of `page` points. */
export function drawnSize(scale: number, page: Size): Size {
  return { width: Math.floor(page.width * PIXELS_A_POINT * scale), height: Math.floor(page.height * PIXELS_A_POINT * scale) };
}

/** The next step up (1) or down (-1) from a scale; the same scale at either end. */
export function step(scale: number, direction: 1 | -1): number {
  const near = 0.01;
  const next = direction === 1 ? STEPS.find((one) => one > scale + near) : STEPS.findLast((one) => one < scale - near);
  return next ?? scale;
}

/** The picture to ask for: the first width with enough pixels, 2% short at most. */
export function pictureWidth(cssWidth: number, pixelRatio: number): number {
  const needed = cssWidth * pixelRatio * 0.98;
  return PICTURE_WIDTHS.find((width) => width >= needed) ?? PICTURE_WIDTHS.at(-1)!;
}
