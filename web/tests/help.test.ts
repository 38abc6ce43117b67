import { readdirSync, readFileSync } from 'node:fs';
import { cleanup, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compile } from '../guides.plugin.ts';
import Guide from '$lib/help/Guide.svelte';
import { fetchGuide, GUIDES, guidesFor, isGuide } from '$lib/help/guides.ts';
import { hasText, setLanguage, useTexts } from '$lib/i18n/texts.svelte.ts';
import { WEB } from './files.ts';

const FOLDER = `${WEB}/../docs/huong-dan`;
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.md'));

beforeEach(() => useTexts('common'));
afterEach(cleanup);

describe('the guides', () => {
  it('are all inside the product, each with a name in both languages', () => {
    expect([...GUIDES].sort()).toEqual(files.map((name) => name.replace('.md', '')).sort());
    expect(GUIDES.filter((name) => !hasText(`common.help.of.${name}`))).toEqual([]);
  });
  it('come with those of the own roles first, none lost', () => {
    expect(guidesFor(['auditor'])[0]).toBe('kiem-toan-vien');
    expect(guidesFor([])[0]).toBe('dai-bieu');
    expect(guidesFor([], { chairs: true, heads: true }).slice(0, 3)).toEqual(['chu-tri', 'dai-bieu', 'don-vi']);
    expect(guidesFor(['secretary'], { chairs: true, heads: false }).slice(0, 2)).toEqual(['thu-ky', 'chu-tri']);
    expect([...guidesFor(['it', 'secretary'])].sort()).toEqual([...GUIDES].sort());
    expect(isGuide('toString')).toBe(false);
  });
  it.each(files)('%s has a title, and its parts can be jumped to', (name) => {
    const found = compile(readFileSync(`${FOLDER}/${name}`, 'utf8'), FOLDER);
    expect(found.title).not.toBe('');
    expect(new Set(found.parts.map((part) => part.id)).size).toBe(found.parts.length);
    for (const part of found.parts) expect(found.html).toContain(`id="${part.id}"`);
    for (const picture of found.pictures) expect(readFileSync(picture).length).toBeGreaterThan(0);
  });
  it('are in English for chair and delegate, every step of the Vietnamese one, and say of the others that they are not yet', async () => {
    const english = readdirSync(`${WEB}/../docs/guides`);
    for (const [name, file] of [['chu-tri', 'chair'], ['dai-bieu', 'delegate']] as const) {
      const [theirs, ours] = [await fetchGuide(name, 'en'), await fetchGuide(name, 'vi')];
      const steps = ({ html }: { html: string }): number => html.match(/<li>/g)?.length ?? 0;
      expect([theirs.language, ours.language]).toEqual(['en', 'vi']);
      expect(theirs.parts.length).toBe(ours.parts.length);
      expect(steps(theirs)).toBeGreaterThanOrEqual(steps(ours));
      expect(english).toContain(`${file}.md`);
    }
    expect(english).toHaveLength(2);
    expect((await fetchGuide('thu-ky', 'en')).language).toBe('vi');
  });
  it('have their pictures among the files of the page', async () => {
    const { html } = await fetchGuide('usb-token');
    expect(html).not.toContain('picture:');
    expect([...html.matchAll(/<img src="([^"]+\.png[^"]*)"/g)].length).toBeGreaterThan(3);
  });
});

describe('a guide on screen', () => {
  it('leads to another guide, and to no file that the product does not show', async () => {
    const text = compile('# Một\n\nXem [hai](usb-token.md) và [ba](../OPERATIONS.md).\n', FOLDER).html;
    expect(text).toContain('data-guide="usb-token"');
    expect(text).not.toContain('OPERATIONS');
  });
  it('is in the language of the screen, and says so where it is not', async () => {
    await setLanguage('en');
    await useTexts('common');
    render(Guide, { name: 'dai-bieu', onguide: () => undefined });
    expect(await screen.findByRole('heading', { name: 'Guide for delegates' })).toBeVisible();
    expect(screen.queryByText('This guide is in Vietnamese only so far.')).toBeNull();
    cleanup();
    render(Guide, { name: 'kiem-toan-vien', onguide: () => undefined });
    expect(await screen.findByText('This guide is in Vietnamese only so far.')).toBeVisible();
    expect(screen.getByRole('article')).toHaveAttribute('lang', 'vi');
    await setLanguage('vi');
    expect(await screen.findByRole('article')).toHaveAttribute('lang', 'vi');
  });
  it('moves to the part that is chosen', async () => {
    Element.prototype.scrollIntoView = function () {};
    const { title, parts } = await fetchGuide('usb-token');
    render(Guide, { name: 'usb-token', onguide: () => undefined });
    await screen.findByRole('heading', { name: title });
    await userEvent.click(screen.getByRole('button', { name: parts[1]!.title }));
    expect(document.activeElement).toBe(document.getElementById(parts[1]!.id));
  });
});
