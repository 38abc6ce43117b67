import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder `web` of the checkout. */
export const WEB = join(import.meta.dirname, '..');

/** A golden file of the contract, the same that Python reads. */
export function vectors<T>(name: string): T {
  return JSON.parse(readFileSync(join(WEB, '..', 'tests', 'vectors', `${name}.json`), 'utf8')) as T;
}

export function fromHex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}
