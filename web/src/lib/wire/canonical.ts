/**
 * One byte string for one value (W03): the same bytes as `wire/canonical.py`, so that the browser can recompute any hash.
 *
 * The subset of RFC 8785 without fractions: keys of `[a-zA-Z0-9_.-]{1,64}`, arrays, strings in NFC without lone surrogates, integers
 * within ±(2^53 - 1), true, false, null. Keys are sorted, nothing is spaced.
 */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** What is not such a value. */
export class BadJson extends Error {
  override name = 'BadJson';
}

const MAX_DEPTH = 32;
const KEY = /^[a-zA-Z0-9_.-]{1,64}$/;

/** Canonical UTF-8 bytes of `value`; throws {@link BadJson}. */
export function encode(value: Json): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(print(value, 0));
}

/** The value of canonical bytes; throws {@link BadJson} for any other bytes. */
export function decode(data: Uint8Array): Json {
  let text: string;
  let value: Json;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data);
    value = JSON.parse(text) as Json;
  } catch (cause) {
    throw new BadJson('not JSON in UTF-8', { cause });
  }
  if (print(value, 0) !== text) throw new BadJson('not the canonical form');
  return value;
}

function print(value: Json, depth: number): string {
  if (depth > MAX_DEPTH) throw new BadJson('nested too deeply');
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return printNumber(value);
  if (typeof value === 'string') return printText(value);
  if (Array.isArray(value)) return `[${value.map((one: Json) => print(one, depth + 1)).join(',')}]`;
  if (typeof value !== 'object') throw new BadJson(`a ${typeof value} is not JSON here`);
  const object = value as { readonly [key: string]: Json };
  // ASCII keys sort alike by code unit here and by code point in Python.
  const keys = Object.keys(object).sort();
  for (const key of keys) if (!KEY.test(key)) throw new BadJson('a key is ASCII letters, digits, _ . -');
  return `{${keys.map((key) => `"${key}":${print(object[key]!, depth + 1)}`).join(',')}}`;
}

function printNumber(value: number): string {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) throw new BadJson('an integer within 2^53 - 1');
  return String(value);
}

function printText(text: string): string {
  if (!text.isWellFormed()) throw new BadJson('a lone surrogate');
  if (text !== text.normalize('NFC')) throw new BadJson('text is not in NFC');
  return JSON.stringify(text);
}
