/** Light, dark, or as the machine says; kept on this machine. */
export type Theme = 'auto' | 'light' | 'dark';
const STORED = 'phonghop.theme';

let chosen = $state<Theme>('auto');

export function currentTheme(): Theme {
  return chosen;
}

/** Apply what was chosen last; call once before anything is drawn. */
export function startTheme(): void {
  const stored = localStorage.getItem(STORED);
  setTheme(stored === 'light' || stored === 'dark' ? stored : 'auto');
}

export function setTheme(theme: Theme): void {
  chosen = theme;
  if (theme === 'auto') {
    localStorage.removeItem(STORED);
    delete document.documentElement.dataset['theme'];
  } else {
    localStorage.setItem(STORED, theme);
    document.documentElement.dataset['theme'] = theme;
  }
}

/** Whether the page is dark now. */
export function isDark(): boolean {
  return chosen === 'auto' ? matchMedia('(prefers-color-scheme: dark)').matches : chosen === 'dark';
}
