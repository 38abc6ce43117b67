/**
 * How every entry begins: theme, texts, then the screen.
 *
 *     void startPage(App, 'common', 'seat');
 */
import './tokens.css';
import './base.css';
import { type Component, mount } from 'svelte';
import { useTexts } from './i18n/texts.svelte.ts';
import { startTheme } from './theme.svelte.ts';

export async function startPage(app: Component, ...areas: string[]): Promise<void> {
  startTheme();
  await useTexts(...areas);
  mount(app, { target: document.getElementById('app')! });
}
