import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { guides } from './guides.plugin.ts';
import { icons } from './icons.plugin.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
/* Tests that put something else in a module's place see it only in a world of their own. */
const ALONE = readdirSync(here('./tests'))
  .filter((name) => name.endsWith('.test.ts') && readFileSync(here(`./tests/${name}`), 'utf8').includes('vi.mock('))
  .map((name) => `tests/${name}`);

/*
 * One HTML file a screen: seat.html (served by the seat's agent), console.html and display.html (served by the server);
 * build.js builds them one by one.
 * The page policy allows no inline script or style and no address but the origin's, so nothing is inlined here either.
 */
export default defineConfig(({ mode }) => ({
  plugins: [icons(), guides(), svelte()],
  base: '/',
  publicDir: here('./public'),
  // The guides and their pictures lie beside this folder.
  server: { fs: { allow: [here('..')] } },
  resolve: {
    alias: { $lib: here('./src/lib') },
    // Vitest runs in Node, where Svelte would otherwise resolve to its server half.
    ...(mode === 'test' ? { conditions: ['browser'] } : {}),
  },
  build: {
    outDir: here('./dist'),
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Debian's Chromium: older targets rewrite light-dark() into something that no longer follows the theme.
    target: 'chrome130',
    cssTarget: 'chrome130',
    reportCompressedSize: false,
  },
  test: {
    environment: 'jsdom',
    setupFiles: [here('./tests/setup.ts')],
    restoreMocks: true,
    // Waiting is for a machine that does other things as well; a test that hangs is found all the same.
    testTimeout: 30_000,
    // A browser's document for each file took three times as long as the tests.
    projects: [
      { extends: true, test: { name: 'together', include: ['tests/**/*.test.ts'], exclude: ALONE, isolate: false } },
      { extends: true, test: { name: 'alone', include: ALONE } },
    ],
  },
}));
