import { readFileSync, readdirSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import * as format from '$lib/i18n/format.ts';
import { WEB } from './files.ts';
import { errorText, fill, setLanguage, t, useTexts } from '$lib/i18n/texts.svelte.ts';

const root = `${WEB}/`;
type Tree = { [key: string]: string | Tree };

function leaves(tree: Tree, before = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[before + key, value] as [string, string]] : leaves(value, `${before}${key}.`),
  );
}
function catalogue(language: string): Map<string, string> {
  const folder = `${root}locales/${language}`;
  const all = readdirSync(folder).flatMap((file) => leaves(JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as Tree));
  return new Map(all);
}
function sources(folder = `${root}src`): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return sources(path);
    return /\.(svelte|ts)$/.test(entry.name) ? [path] : [];
  });
}
const names = (text: string): string[] => [...new Set([...text.matchAll(/\{(\w+)/g)].map((found) => found[1]!))].sort();

const vi = catalogue('vi');
const en = catalogue('en');

describe('the catalogues', () => {
  it('hold the same keys in both languages', () => {
    expect([...en.keys()].filter((key) => !vi.has(key))).toEqual([]);
    expect([...vi.keys()].filter((key) => !en.has(key))).toEqual([]);
  });
  it('name the same values in both languages', () => {
    // A count that English needs for its plural may be missing in Vietnamese, which has none; nothing else may.
    const odd = [...vi].filter(([key, text]) => {
      const english = en.get(key)!;
      const plain = names(english.replace(/\{\w+\|[^{}]*\}/g, ''));
      return names(text).some((name) => !names(english).includes(name)) || plain.some((name) => !names(text).includes(name));
    });
    expect(odd).toEqual([]);
  });
  it('are NFC and leave nothing empty', () => {
    for (const [key, text] of [...vi, ...en]) {
      expect(text.trim(), key).not.toBe('');
      expect(text, key).toBe(text.normalize('NFC'));
    }
  });
  it('have every key the source names', () => {
    const asked = sources().flatMap((path) =>
      [...readFileSync(path, 'utf8').matchAll(/\bt\(\s*['"]([\w.-]+)['"]/g)].map((found) => found[1]!),
    );
    expect(asked.length).toBeGreaterThan(100);
    expect([...new Set(asked)].filter((key) => !vi.has(key))).toEqual([]);
  });
  it('have a key for every beginning the source composes', () => {
    const asked = sources().flatMap((path) =>
      [...readFileSync(path, 'utf8').matchAll(/\bt\(\s*`([\w.-]+\.)\$\{/g)].map((found) => found[1]!),
    );
    expect(asked.filter((start) => ![...vi.keys()].some((key) => key.startsWith(start)))).toEqual([]);
  });
});

describe('texts on screen', () => {
  beforeEach(async () => {
    localStorage.clear();
    await useTexts('common', 'seat');
  });

  it('are Vietnamese until somebody chooses English, on this machine from then on', async () => {
    expect(t('common.close')).toBe('Đóng');
    expect(document.documentElement.lang).toBe('vi');
    await setLanguage('en');
    expect(t('common.close')).toBe('Close');
    await useTexts('common');
    expect(document.documentElement.lang).toBe('en');
  });
  it('put values in and choose the number', () => {
    expect(fill('{n} {n|page|pages}', { n: 1 })).toBe('1 page');
    expect(fill('{n} {n|page|pages} {x}', { n: 2 })).toBe('2 pages {x}');
  });
  it('explain an error code of any package, and an unknown one honestly', async () => {
    expect(await errorText('bad-chunk')).toContain('tài liệu');
    expect(await errorText('never-heard-of')).toContain('never-heard-of');
  });
});

describe('formats', () => {
  beforeEach(async () => {
    localStorage.clear();
    await useTexts('common');
  });
  it('write dates as decree 30/2020 asks, in Vietnam’s time', () => {
    expect(format.longDate('2026-11-21T02:00:00.000Z')).toBe('ngày 21 tháng 11 năm 2026');
    expect(format.longDate('2026-01-05T17:30:00.000Z')).toBe('ngày 06 tháng 01 năm 2026');
    expect(format.longDate('2026-09-01T00:00:00.000Z')).toBe('ngày 01 tháng 9 năm 2026');
    expect(format.dateTime('2026-11-21T01:30:00.000Z')).toBe('08:30, ngày 21 tháng 11 năm 2026');
    expect(format.shortDate('2026-11-30T18:00:00.000Z')).toBe('01/12/2026');
  });
  it('write numbers with a comma in Vietnamese and a point in English', async () => {
    expect(format.percent(39, 45)).toBe('86,7%');
    expect(format.percent(1, 0)).toBe('0,0%');
    expect(format.number(1234567)).toBe('1.234.567');
    expect(format.bytes(1_400_000)).toBe('1,4 MB');
    expect(format.bytes(412_000)).toBe('412 KB');
    expect(format.bytes(999_900)).toBe('1,0 MB');
    await setLanguage('en');
    expect(format.percent(39, 45)).toBe('86.7%');
    expect(format.longDate('2026-11-21T02:00:00.000Z')).toBe('21 November 2026');
  });
  it('write durations', () => {
    expect(format.minutes(45)).toBe('45 phút');
    expect(format.minutes(90)).toBe('1 giờ 30 phút');
    expect(format.minutes(120)).toBe('2 giờ');
    expect(format.minutes(0)).toBe('0 phút');
    expect(format.elapsed(751)).toBe('12:31');
    expect(format.elapsed(3723)).toBe('1:02:03');
    expect(format.elapsed(-5)).toBe('00:00');
    expect(format.ago('2026-11-21T02:00:00.000Z', Date.parse('2026-11-21T02:04:30.000Z'))).toBe('4 phút trước');
  });
});
