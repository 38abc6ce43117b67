import { cleanup, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import Places from '../src/console/ui/Places.svelte';
import { useTexts } from '$lib/i18n/texts.svelte.ts';

const PLACES = ['Cuộc họp', 'Lịch', 'Sổ văn bản đi', 'Nhật ký'].map((words, at) => ({ path: `/${at}`, words, here: at === 3 }));
const WIDTH = 100;

/** A row in which each link is a hundred wide. */
function wide(row: number): void {
  const perLine = Math.max(1, Math.floor(row / WIDTH));
  vi.spyOn(HTMLElement.prototype, 'offsetTop', 'get').mockImplementation(function (this: HTMLElement) {
    const at = [...(this.parentElement?.children ?? [])].indexOf(this);
    return Math.floor(at / perLine) * 44;
  });
}

beforeEach(async () => {
  await useTexts('common', 'console');
  vi.stubGlobal('ResizeObserver', class {
    observe(): void {}
    disconnect(): void {}
  });
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe('the ways to the other screens', () => {
  it('stand in one row while there is room', () => {
    wide(500);
    render(Places, { places: PLACES });
    expect(screen.getAllByRole('link').map((link) => link.textContent)).toEqual(PLACES.map(({ words }) => words));
    expect(screen.queryByRole('button')).toBeNull();
  });

  it('what does not fit is behind one button, by keyboard too, and says that one is there', async () => {
    wide(200);
    const person = userEvent.setup();
    render(Places, { places: PLACES });
    const more = await screen.findByRole('button', { name: 'Thêm' });
    expect(more).toHaveClass('here');
    expect(document.querySelectorAll('.row .over')).toHaveLength(2);
    more.focus();
    await person.keyboard('{Enter}');
    expect(more).toHaveAttribute('aria-expanded', 'true');
    await person.tab();
    expect(document.activeElement).toHaveTextContent('Sổ văn bản đi');
    await person.tab();
    expect(document.activeElement).toHaveAttribute('aria-current', 'page');
    await person.keyboard('{Escape}');
    expect(more).toHaveFocus();
    expect(more).toHaveAttribute('aria-expanded', 'false');
  });

  it('comes back as soon as all would fit without that button', async () => {
    let nav = 420;
    let measured: () => void = () => {};
    vi.stubGlobal('ResizeObserver', class {
      constructor(run: () => void) {
        measured = run;
      }
      observe(): void {}
      disconnect(): void {}
    });
    // The row is narrow while the button stands beside it: by where they stand two links do not fit.
    wide(200);
    vi.spyOn(HTMLElement.prototype, 'offsetWidth', 'get').mockImplementation(function (this: HTMLElement) {
      return this.tagName === 'NAV' ? nav : WIDTH;
    });
    render(Places, { places: PLACES });
    expect(await screen.findByRole('button', { name: 'Thêm' })).toBeInTheDocument();
    nav = 430;
    measured();
    await vi.waitFor(() => expect(screen.queryByRole('button')).toBeNull());
    expect(document.querySelectorAll('.row .over')).toHaveLength(0);
  });
});
