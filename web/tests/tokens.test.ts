import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { WEB } from './files.ts';

const css = readFileSync(`${WEB}/src/lib/tokens.css`, 'utf8');

/** Both themes' colour of a token. */
function colours(name: string): [string, string] {
  const found = new RegExp(`--${name}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`).exec(css);
  if (!found) throw new Error(`no token --${name}`);
  return [found[1]!, found[2]!];
}
/** Relative luminance, WCAG 2.2. */
function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}
function contrast(one: string, other: string): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high! + 0.05) / (low! + 0.05);
}

const GROUNDS = ['ground', 'surface', 'surface-soft'];
const TEXT = [
  ...['ink', 'ink-soft', 'accent', 'good', 'bad', 'warn'].flatMap((text) => GROUNDS.map((ground) => [text, ground])),
  ...['accent', 'good', 'bad', 'warn'].map((text) => [text, `${text}-soft`]),
  ...['accent', 'good', 'bad', 'warn'].map((tint) => ['ink', `${tint}-soft`]),
  ['ink-soft', 'accent-soft'],
  ['on-accent', 'accent-fill'],
  ['on-accent', 'accent-fill-strong'],
  ['on-bad', 'bad-fill'],
  ['on-bad', 'bad-fill-strong'],
] as [string, string][];
const CONTROLS = ['line-control', 'focus', 'accent-fill', 'bad-fill'].flatMap((edge) =>
  ['ground', 'surface'].map((ground) => [edge, ground]),
) as [string, string][];

describe.each([
  ['light', 0],
  ['dark', 1],
] as const)('%s theme', (_, theme) => {
  it.each(TEXT)('%s can be read on %s (4.5:1)', (text, ground) => {
    expect(contrast(colours(text)[theme], colours(ground)[theme])).toBeGreaterThanOrEqual(4.5);
  });
  it.each(CONTROLS)('%s can be made out on %s (3:1)', (edge, ground) => {
    expect(contrast(colours(edge)[theme], colours(ground)[theme])).toBeGreaterThanOrEqual(3);
  });
});

it('no style names a token that there is not: the browser would leave it out without a word', () => {
  const files = readdirSync(`${WEB}/src`, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(svelte|css|ts)$/.test(name));
  const texts = files.map((name) => readFileSync(`${WEB}/src/${name}`, 'utf8'));
  const there = new Set(texts.flatMap((text) => [...text.matchAll(/(--[a-z][a-z0-9-]*)(?::|=)/g)].map((found) => found[1])));
  const named = texts.flatMap((text) => [...text.matchAll(/var\((--[a-z][a-z0-9-]*)/g)].map((found) => found[1]));
  expect(named.length).toBeGreaterThan(1000);
  expect([...new Set(named)].filter((name) => !there.has(name))).toEqual([]);
});

it('what is touched is 10 mm, main things 14 mm, on a 10.1-inch panel of 1280 pixels', () => {
  const mm = Number(/--mm: ([0-9.]+)px/.exec(css)![1]);
  const panelMm = 10.1 * 25.4 * (1280 / Math.hypot(1280, 800));
  expect(mm).toBeCloseTo(1280 / panelMm, 1);
  expect(css).toContain('--tap: calc(10 * var(--mm))');
  expect(css).toContain('--tap-main: calc(14 * var(--mm))');
});

it('a filled button changes at once: its words never stand on a ground that is still on its way', () => {
  const button = readFileSync(`${WEB}/src/lib/ui/Button.svelte`, 'utf8');
  expect(/\.primary,\s*\.destroy \{\s*transition: none;/.test(button)).toBe(true);
  // What is disabled has the soft ink on the page's own ground, which is held to 4.5:1 above.
  expect(/\.button:disabled \{[^}]*background: transparent;[^}]*color: var\(--ink-soft\)/s.test(button)).toBe(true);
});
