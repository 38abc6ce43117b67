/** Ids as `wire/ids.py` defines them (W02): a letter that tells the kind, and 80 random bits in base 32. */
export type Kind = 'm' | 'r' | 's' | 'd' | 'p' | 'u' | 'i' | 'a' | 'c' | 'v' | 'n';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const RANDOM_BYTES = 10;

/** A new id, such as `a-abcdefghijklmnop` for an act; `random` are 10 bytes. */
export function newId(kind: Kind, random: Uint8Array = crypto.getRandomValues(new Uint8Array(RANDOM_BYTES))): string {
  if (random.length !== RANDOM_BYTES) throw new RangeError(`an id needs ${RANDOM_BYTES} random bytes`);
  let held = 0n;
  for (const byte of random) held = (held << 8n) | BigInt(byte);
  let text = '';
  for (let at = 75n; at >= 0n; at -= 5n) text += ALPHABET[Number((held >> at) & 31n)]!;
  return `${kind}-${text}`;
}

/** Whether `text` is an id of this kind. */
export function isId(kind: Kind, text: string): boolean {
  return new RegExp(`^${kind}-[a-z2-7]{16}$`).test(text);
}
