/**
 * Text as a searcher types it: lower case, without accents, đ as d, so that "nghi quyet" finds "Nghị quyết".
 *
 * Rules: one character in gives at most one out per base letter, so positions can be mapped; normal forms do not matter. SQLite's
 * FTS5 and Intl do not fold đ, hence our own.
 */
export function fold(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replaceAll('đ', 'd');
}
