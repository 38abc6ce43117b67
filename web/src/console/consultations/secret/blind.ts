/**
 * The voter's half of a blind signature (RFC 9474, RSABSSA-SHA384-PSS-Randomized, W76): blinded here, signed there, opened here.
 *
 * Rules: the message already begins with its 32 random bytes (`ballots.ts`), so nothing is put before it here.
 *
 *     const { message, inverse } = await blind(modulus, prepared);
 *     const signature = await opened(modulus, prepared, signed, inverse);  // throws where the signature does not hold
 */
import { RSABSSA } from '@cloudflare/blindrsa-ts';

const suite = RSABSSA.SHA384.PSS.Randomized();

/** A modulus in hexadecimal as a public key. */
function keyOf(modulus: string): Promise<CryptoKey> {
  const n = btoa(String.fromCharCode(...(modulus.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16))));
  const jwk = { kty: 'RSA', alg: 'PS384', ext: true, e: 'AQAB', n: n.replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '') };
  return crypto.subtle.importKey('jwk', jwk, { name: 'RSA-PSS', hash: 'SHA-384' }, true, ['verify']);
}

/** `message`: what the server signs; `inverse`: what opens its signature, the person's secret. */
export async function blind(modulus: string, prepared: Uint8Array<ArrayBuffer>): Promise<{ message: Uint8Array; inverse: Uint8Array }> {
  const { blindedMsg, inv } = await suite.blind(await keyOf(modulus), prepared);
  return { message: blindedMsg, inverse: inv };
}

export async function opened(modulus: string, prepared: Uint8Array<ArrayBuffer>, signed: Uint8Array, inverse: Uint8Array): Promise<Uint8Array> {
  return suite.finalize(await keyOf(modulus), prepared, signed, inverse);
}
