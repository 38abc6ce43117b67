/**
 * Vietnamese with the keys of Telex, for a terminal whose screen is its only keyboard: "tieengs" becomes "tiếng".
 *
 * Rules: a key changes the word before it, or is added to it. A key given twice takes the change back and stays a letter ("ass" → "as").
 * The tone stands where the ministry's rules and the old school put it: "hòa", "toán", "người", "quý".
 *
 *     compose('tiê', 'n')   // 'tiên'
 *     compose('tiên', 's')  // 'tiến'
 */
const TONES: Readonly<Record<string, string>> = { f: '\u0300', s: '\u0301', r: '\u0309', x: '\u0303', j: '\u0323', z: '' };
const TONE = /[\u0300\u0301\u0309\u0303\u0323]/u;
const VOWEL = /[aăâeêioôơuưy]/iu;
const HATS: Readonly<Record<string, string>> = { a: 'â', e: 'ê', o: 'ô', â: 'a', ê: 'e', ô: 'o' };
const HORNS: Readonly<Record<string, string>> = { a: 'ă', o: 'ơ', u: 'ư', â: 'ă', ô: 'ơ' };

/** The word after a key. */
export function compose(word: string, key: string): string {
  const low = key.toLowerCase();
  const { bare, tone } = apart(word);
  if (low in TONES && VOWEL.test(bare)) {
    const wanted = TONES[low]!;
    if (low === 'z') return tone ? toned(bare, '') : bare + key;
    return tone === wanted ? toned(bare, '') + key : toned(bare, wanted);
  }
  const changed = shaped(bare, key, low);
  return toned(changed ?? bare + key, tone);
}

/** The letters at the end of `text`: the word that a key changes. */
export function lastWord(text: string): string {
  return /[\p{L}]*$/u.exec(text.normalize('NFC'))![0];
}

function shaped(bare: string, key: string, low: string): string | null {
  if (low === 'd') return /^d/iu.test(bare) ? same(bare, 0, 'đ') : bare[0]?.toLowerCase() === 'đ' ? same(bare, 0, 'd') + key : null;
  if (low === 'a' || low === 'e' || low === 'o') {
    const at = lastOf(bare, (letter) => letter === low || HATS[low] === letter);
    if (at < 0 || !onlyVowelsOrEnd(bare, at)) return null;
    const was = bare[at]!.toLowerCase();
    return was === low ? same(bare, at, HATS[low]!) : same(bare, at, low) + key;
  }
  return low === 'w' ? horned(bare, key) : null;
}

function horned(bare: string, key: string): string | null {
  const uo = /(uo|ươ)(?=[^aăâeêiouưy]*$|[iu]$)/iu.exec(bare);
  if (uo && !/q$/iu.test(bare.slice(0, uo.index))) {
    const back = uo[1]!.toLowerCase() === 'ươ';
    const one = same(bare, uo.index, back ? 'u' : 'ư');
    return same(one, uo.index + 1, back ? 'o' : 'ơ') + (back ? key : '');
  }
  const at = lastOf(bare, (letter) => letter in HORNS || 'ăơư'.includes(letter));
  if (at < 0) return same('u', 0, key === 'W' ? 'Ư' : 'ư').replace(/^/u, bare);
  const was = bare[at]!.toLowerCase();
  if (was in HORNS) {
    // "ua" takes its horn on the u ("mưa"), but for "qua".
    const u = was === 'a' && at > 0 && bare[at - 1]!.toLowerCase() === 'u' && bare[at - 2]?.toLowerCase() !== 'q' && at === bare.length - 1;
    return u ? same(bare, at - 1, 'ư') : same(bare, at, HORNS[was]!);
  }
  return same(bare, at, was === 'ă' ? 'a' : was === 'ơ' ? 'o' : 'u') + key;
}

/** A hat may come after the end of a syllable ("tana" → "tân"), not after another vowel that follows it but in a group. */
function onlyVowelsOrEnd(bare: string, at: number): boolean {
  return /^[iuyncghmpt]*$/iu.test(bare.slice(at + 1));
}

function apart(word: string): { bare: string; tone: string } {
  let tone = '';
  const bare = [...word.normalize('NFC')].map((letter) => {
    const parts = letter.normalize('NFD');
    tone = TONE.exec(parts)?.[0] ?? tone;
    return parts.replace(TONE, '').normalize('NFC');
  });
  return { bare: bare.join(''), tone };
}

function toned(bare: string, tone: string): string {
  if (!tone) return bare;
  const at = toneAt(bare);
  return at < 0 ? bare : bare.slice(0, at) + (bare[at]! + tone).normalize('NFC') + bare.slice(at + 1);
}

/** Where the tone of a syllable stands. */
function toneAt(bare: string): number {
  const low = bare.toLowerCase();
  const skip = /^qu(?=[aăâeêioôơy])/u.test(low) ? 2 : /^gi(?=[aăâeêoôơuư])/u.test(low) ? 2 : 0;
  const found = /[aăâeêioôơuưy]+/u.exec(low.slice(skip));
  if (!found) return lastOf(bare, (letter) => VOWEL.test(letter));
  const first = skip + found.index;
  const group = found[0];
  const marked = [...group].findLastIndex((letter) => 'ăâêôơư'.includes(letter));
  if (marked >= 0) return first + marked;
  if (group.length === 1) return first;
  if (first + group.length < low.length) return first + group.length - 1;
  return first + (group.length === 3 ? 1 : 0);
}

function lastOf(bare: string, is: (letter: string) => boolean): number {
  for (let at = bare.length - 1; at >= 0; at -= 1) if (is(bare[at]!.toLowerCase())) return at;
  return -1;
}

/** `letter` in place of what stands at `at`, in its case. */
function same(text: string, at: number, letter: string): string {
  const is = text[at]!;
  const cased = is === is.toUpperCase() && is !== is.toLowerCase() ? letter.toUpperCase() : letter;
  return text.slice(0, at) + cased + text.slice(at + 1);
}
