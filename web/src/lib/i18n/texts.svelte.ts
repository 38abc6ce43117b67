/**
 * Texts in the reader's language: one JSON catalogue an area and language, the same files Python reads.
 *
 * Rules: Vietnamese is the default; a screen loads only the areas it names; `t` is reactive, so a change of language redraws what
 * is on screen. `{name}` is replaced, `{n|page|pages}` chooses by the number `n`.
 *
 * Numbers are held to their words ({@link together}).
 *
 *     await useTexts('common', 'seat');
 *     t('seat.papers.title')
 */
import { together } from './together.ts';

export type Language = 'vi' | 'en';
export const LANGUAGES: readonly Language[] = ['vi', 'en'];

interface Tree {
  readonly [key: string]: string | Tree;
}
export type Values = Readonly<Record<string, string | number>>;

const files = import.meta.glob<Tree>('../../../locales/*/*.json', { import: 'default' });
const STORED = 'phonghop.language';

let language = $state<Language>('vi');
let texts = $state.raw<Tree>({});
let errors: { language: Language; texts: Tree } | null = null;
const areas = new Set<string>();

/** The language on screen. */
export function currentLanguage(): Language {
  return language;
}

/** Load these areas in the language chosen last on this machine (Vietnamese at first). */
export async function useTexts(...names: string[]): Promise<void> {
  for (const name of names) areas.add(name);
  const stored = localStorage.getItem(STORED);
  await show(stored === 'en' ? 'en' : 'vi');
}

/** Show everything in `wanted` from now on. */
export async function setLanguage(wanted: Language): Promise<void> {
  localStorage.setItem(STORED, wanted);
  await show(wanted);
}

/** The text at a dotted key; the key itself when there is none, which a test forbids for every key in the source. */
export function t(key: string, values: Values = {}): string {
  const found = at(texts, key);
  return found === undefined ? key : together(fill(found, values));
}

/** Whether there is a text at `key`. */
export function hasText(key: string): boolean {
  return at(texts, key) !== undefined;
}

/** What an error code means, from the catalogues of all packages; they are loaded the first time something fails. */
export async function errorText(code: string, values: Values = {}): Promise<string> {
  if (errors?.language !== language) errors = { language, texts: await merged(language, (area) => area.startsWith('errors-') || area === 'signing') };
  const found = at(errors.texts, `errors.${code}`);
  return found === undefined ? t('common.failure.unknown', { code }) : together(fill(found, values));
}

/** Put values into a text. Exported for tests. */
export function fill(text: string, values: Values): string {
  return text.replace(/\{(\w+)(?:\|([^|{}]*)\|([^|{}]*))?\}/g, (whole, name: string, one?: string, many?: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    return one === undefined ? String(value) : value === 1 ? one : many!;
  });
}

let asked = 0;
let shown = 0;

async function show(wanted: Language): Promise<void> {
  const turn = ++asked;
  const found = await merged(wanted, (area) => areas.has(area));
  // Areas only grow: what was asked for later has all of this, and must not be taken away by an answer that comes late.
  if (turn < shown) return;
  shown = turn;
  texts = found;
  language = wanted;
  document.documentElement.lang = wanted;
}

async function merged(wanted: Language, takes: (area: string) => boolean): Promise<Tree> {
  const found = Object.entries(files).filter(([path]) => {
    const [, folder, area] = /([a-z]+)\/([^/]+)\.json$/.exec(path)!;
    return folder === wanted && takes(area!);
  });
  return (await Promise.all(found.map(([, load]) => load()))).reduce(merge, {});
}

function merge(left: Tree, right: Tree): Tree {
  const both: Record<string, string | Tree> = { ...left };
  for (const [key, value] of Object.entries(right)) {
    const there = both[key];
    both[key] = typeof there === 'object' && typeof value === 'object' ? merge(there, value) : value;
  }
  return both;
}

function at(tree: Tree, key: string): string | undefined {
  let here: string | Tree | undefined = tree;
  for (const part of key.split('.')) {
    if (typeof here !== 'object') return undefined;
    here = here[part];
  }
  return typeof here === 'string' ? here : undefined;
}
