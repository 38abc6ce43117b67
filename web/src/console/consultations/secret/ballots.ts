/**
 * A secret slip's ballot: what is signed, its receipt, how much fits into it (W172), the same bytes as `wire/consultation_ballots.py`.
 *
 * Rules: words are put into the one form that the server knows before they are signed, for afterwards nobody can change them. A ballot takes
 * 8,192 bytes, however much is written.
 *
 *     const message = prepared(slip, answers, secrets);  await receiptOf(message);  room(answers) > 0
 */
import { encode } from '$lib/wire/canonical.ts';
import { digest, hex } from '$lib/wire/events.ts';
import { newNonce } from '$lib/wire/ballots.ts';
import { type Question, type Said, tidy } from '../consultations.ts';

export interface Ballot {
  answers: Said[];
  /** 32 random bytes each, in hexadecimal. */
  nonce: string;
  prefix: string;
  signature: string;
}
export interface Names {
  consultation: string;
  /** Of what was sent. */
  sha256: string;
}
const SLOT = 8192;
const SIGNATURE = 512;
const RECEIPT_BYTES = 10;
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const DOMAIN = new TextEncoder().encode('phonghop/v1/consultation-ballot\0');

/** Without what is no character or steers the reading direction, each line without its trailing space, in NFC: also where taking a character out brings two together. */
export function plain(text: string): string {
  return text
    .normalize('NFC')
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replace(/[^\P{C}\n]/gu, '')
    .normalize('NFC')
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .trim();
}

/** As they are signed. */
export function written(questions: readonly Question[], said: readonly Said[]): Said[] {
  return tidy(questions, said).map((one) => ({ ...one, opinion: plain(one.opinion) }));
}

export const fresh = (): Pick<Ballot, 'nonce' | 'prefix'> => ({ nonce: newNonce(), prefix: newNonce() });

export function prepared({ consultation, sha256 }: Names, { answers, nonce, prefix }: Omit<Ballot, 'signature'>): Uint8Array<ArrayBuffer> {
  const said = answers.map(({ question, answer, opinion }) => ({ question, answer, opinion }));
  return joined(bytes(prefix), DOMAIN, encode({ v: 1, consultation, slip: sha256, answers: said, nonce }));
}

/** Sixteen letters in fours: the beginning of the message's SHA-256 in base 32. */
export async function receiptOf(message: Uint8Array): Promise<string> {
  let held = 0n;
  for (const byte of (await digest('phonghop/v1/receipt\0', message)).subarray(0, RECEIPT_BYTES)) held = (held << 8n) | BigInt(byte);
  let text = '';
  for (let at = 75n; at >= 0n; at -= 5n) text += LETTERS[Number((held >> at) & 31n)]!;
  return text.replace(/(....)(?=.)/g, '$1 ');
}

/** How many bytes are left for words. */
export function room(answers: readonly Said[]): number {
  const kept = answers.map(({ question, answer, opinion }) => ({ question, answer, opinion }));
  const whole = { answers: kept, nonce: '0'.repeat(64), prefix: '0'.repeat(64), signature: '0'.repeat(SIGNATURE) };
  return SLOT - 2 - encode(whole).length;
}

export function bytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
export { hex };

function joined(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
