import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { guides } from './guides.plugin.ts';
import { icons } from './icons.plugin.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

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
    include: ['tests/**/*.test.ts'],
    setupFiles: [here('./tests/setup.ts')],
    restoreMocks: true,
  },
}));
