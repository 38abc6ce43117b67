/** The 12 digits that seat screen and console both show (W50), computed from the device's public key. */
import { digest } from './events.ts';

/** `1234 5678 9012` for a public key (DER SubjectPublicKeyInfo), as `wire/ids.py: pairing_code`. */
export async function pairingCode(spki: Uint8Array): Promise<string> {
  const found = (await digest('phonghop/v1/pairing\0', spki)).subarray(0, 16);
  let number = 0n;
  for (const byte of found) number = (number << 8n) | BigInt(byte);
  const digits = String(number % 10n ** 12n).padStart(12, '0');
  return `${digits.slice(0, 4)} ${digits.slice(4, 8)} ${digits.slice(8)}`;
}
