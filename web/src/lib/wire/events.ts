/**
 * The meeting's log as the browser checks it (M2, W40, W41): numbered events, each holding the hash of the one before.
 *
 * `hash = SHA-256("phonghop/v1/event\0" || canonical(event without hash))`. Needs `crypto.subtle`, hence https or localhost.
 *
 *     await checkChain(events, { meeting });   // throws BrokenChain
 */
import { type Json, encode } from './canonical.ts';

export interface Event {
  v: 1;
  meeting: string;
  seq: number;
  at: string;
  actor: string;
  kind: string;
  data: { readonly [key: string]: Json };
  prev: string;
  hash: string;
}

/** The log is not the one that was written. */
export class BrokenChain extends Error {
  override name = 'BrokenChain';
}

/** The `prev` of a meeting's first event. */
export async function genesis(meeting: string): Promise<string> {
  return sha256('phonghop/v1/genesis\0', new TextEncoder().encode(meeting));
}

/** The hash an event must state. */
export async function eventHash(event: Omit<Event, 'hash'>): Promise<string> {
  const { v, meeting, seq, at, actor, kind, data, prev } = event;
  return sha256('phonghop/v1/event\0', encode({ v, meeting, seq, at, actor, kind, data, prev }));
}

/** Throw {@link BrokenChain} unless the events follow `after` (nothing: the beginning) without a gap, each with its true hash. */
export async function checkChain(
  events: readonly Event[],
  { meeting, after }: { meeting: string; after?: Event },
): Promise<void> {
  let seq = after?.seq ?? 0;
  let prev = after?.hash ?? (await genesis(meeting));
  for (const event of events) {
    if (event.meeting !== meeting) throw new BrokenChain('an event of another meeting');
    if (event.seq !== seq + 1) throw new BrokenChain(`event ${event.seq} where ${seq + 1} was expected`);
    if (event.prev !== prev) throw new BrokenChain(`event ${event.seq} does not hold the hash of the one before`);
    if (event.hash !== (await eventHash(event))) {
      throw new BrokenChain(`event ${event.seq} does not have the hash it states`);
    }
    seq = event.seq;
    prev = event.hash;
  }
}

/** SHA-256 of a domain's name and bytes, in hexadecimal. */
export async function sha256(domain: string, data: Uint8Array): Promise<string> {
  return hex(await digest(domain, data));
}

/** SHA-256 of a domain's name and bytes. */
export async function digest(domain: string, data: Uint8Array): Promise<Uint8Array> {
  const name = new TextEncoder().encode(domain);
  const whole = new Uint8Array(name.length + data.length);
  whole.set(name);
  whole.set(data, name.length);
  return new Uint8Array(await crypto.subtle.digest('SHA-256', whole));
}

/** Lower-case hexadecimal. */
export function hex(data: Uint8Array): string {
  return Array.from(data, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
