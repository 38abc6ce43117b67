/*
 * `npm run build`: every screen by itself, into one folder.
 *
 * Screens never meet in one browser (a seat, a desk, a wall), so nothing is gained by pieces that they share, and each would carry
 * what only the others need: the seat's script is a sixth smaller this way. What is equal (fonts) has an equal name.
 */
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

export const SCREENS = ['seat', 'console', 'display', 'bridge'];

const here = fileURLToPath(new URL('.', import.meta.url));
for (const [at, screen] of SCREENS.entries()) {
  const first = at === 0;
  await build({
    root: here,
    logLevel: 'warn',
    build: {
      emptyOutDir: first,
      copyPublicDir: first,
      manifest: `manifest-${screen}.json`,
      rolldownOptions: { input: { [screen]: `${here}${screen}.html` } },
    },
  });
  console.log(`✓ ${screen}`);
}
