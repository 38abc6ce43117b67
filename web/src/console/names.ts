/** Vietnamese names in the order in which people look for them: by the given name, the last word, then by the whole (as server/names.py). */
const collator = new Intl.Collator('vi');
const plain = (name: string): string => name.trim().replace(/\s*\(.*\)$/, '');
const given = (name: string): string => plain(name).split(' ').at(-1) ?? '';

/** For `toSorted`. */
export const byName = (a: string, b: string): number => collator.compare(given(a), given(b)) || collator.compare(plain(a), plain(b));
