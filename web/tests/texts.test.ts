import { readFileSync, readdirSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import * as format from '$lib/i18n/format.ts';
import { together } from '$lib/i18n/together.ts';
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

/** The same words, not to be torn apart. */
const whole = (text: string): string => text.replaceAll(' ', '\u00a0');

describe('numbers stay with their words', () => {
  const shown = (text: string): string => together(text).replaceAll('\u00a0', '_');
  it('in titles that people typed', () => {
    expect(shown('Báo cáo công tác quý III và nhiệm vụ quý IV năm 2026')).toBe('Báo cáo công tác quý_III và nhiệm vụ quý_IV năm_2026');
    expect(shown('Tờ trình số 3/TTr-VKS ngày 21 tháng 11, Điều 5 khoản 2')).toBe(
      'Tờ trình số_3/TTr-VKS ngày_21_tháng_11, Điều_5 khoản_2',
    );
    expect(shown('25 phút · 2 tài liệu')).toBe('25_phút · 2_tài_liệu');
    expect(shown('Nghị định số 30/2020/NĐ-CP, Phụ lục II')).toBe('Nghị định số_30/2020/NĐ-CP, Phụ lục_II');
  });
  it('and nothing else is changed', () => {
    for (const text of ['Thông qua chương trình', 'số liệu', 'Điều lệ Đảng', 'năm Ất Tỵ', 'khoản Ix', 'Ý kiến', 'page']) {
      expect(together(text)).toBe(text);
    }
    expect(together(together('quý III'))).toBe(together('quý III'));
  });
  it('in every text that is shown', async () => {
    await useTexts('common', 'seat');
    expect(t('seat.at', { label: 'B1' })).toBe('Chỗ B1');
    expect(t('common.reader.page_of', { page: 3, pages: 20 })).toBe('Trang\u00a03 trên 20');
    expect(t('seat.chair.next', { number: '2.1' })).toBe('Sang nội dung\u00a02.1');
  });
});

describe('formats', () => {
  beforeEach(async () => {
    localStorage.clear();
    await useTexts('common');
  });
  it('write dates as decree 30/2020 asks, in Vietnam’s time', () => {
    expect(format.longDate('2026-11-21T02:00:00.000Z')).toBe(whole('ngày 21 tháng 11 năm 2026'));
    expect(format.longDate('2026-01-05T17:30:00.000Z')).toBe(whole('ngày 06 tháng 01 năm 2026'));
    expect(format.longDate('2026-09-01T00:00:00.000Z')).toBe(whole('ngày 01 tháng 9 năm 2026'));
    expect(format.dateTime('2026-11-21T01:30:00.000Z')).toBe(`08:30, ${whole('ngày 21 tháng 11 năm 2026')}`);
    expect(format.shortDate('2026-11-30T18:00:00.000Z')).toBe('01/12/2026');
  });
  it('write numbers with a comma in Vietnamese and a point in English', async () => {
    expect(format.percent(39, 45)).toBe('86,7%');
    expect(format.percent(1, 0)).toBe('0,0%');
    expect(format.number(1234567)).toBe('1.234.567');
    expect(format.bytes(1_400_000)).toBe('1,4\u00a0MB');
    expect(format.bytes(412_000)).toBe('412\u00a0KB');
    expect(format.bytes(999_900)).toBe('1,0\u00a0MB');
    await setLanguage('en');
    expect(format.percent(39, 45)).toBe('86.7%');
    expect(format.longDate('2026-11-21T02:00:00.000Z')).toBe('21 November 2026');
  });
  it('write durations', () => {
    expect(format.minutes(45)).toBe(whole('45 phút'));
    expect(format.minutes(90)).toBe(whole('1 giờ 30 phút'));
    expect(format.minutes(120)).toBe(whole('2 giờ'));
    expect(format.minutes(0)).toBe(whole('0 phút'));
    expect(format.spent(0.4)).toBe(whole('dưới 1 phút').replace('dưới\u00a0', 'dưới '));
    expect(format.spent(4.4)).toBe(whole('4 phút'));
    expect(format.elapsed(751)).toBe('12:31');
    expect(format.elapsed(3723)).toBe('1:02:03');
    expect(format.elapsed(-5)).toBe('00:00');
    expect(format.ago('2026-11-21T02:00:00.000Z', Date.parse('2026-11-21T02:04:30.000Z'))).toBe('4\u00a0phút trước');
  });
});
