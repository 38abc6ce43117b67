/**
 * A ballot on its way: kept, blinded, given by name, handed in by a request that names nobody, forgotten here (W173, W174, docs/adr/0056).
 *
 * Rules: what was blinded is kept before the signature is asked for, the signed ballot before it is handed in, and both until the receipt is
 * there; so any of it is done again after a crash, and happens once. The handing in carries no cookie and no token.
 *
 *     const begun = await begin(names, token, answers);  await safe.keep(person, slip, begun);
 *     const receipt = await deliver(begun, { path, keep, ask });
 */
import { Failure, failureOf } from '$lib/failure.ts';
import { type Ballot, bytes, fresh, hex, type Names, prepared, receiptOf } from './ballots.ts';
import type { Said } from '../consultations.ts';

/** A record of the safe. */
export interface Waiting extends Omit<Ballot, 'signature'> {
  kind: 'ballot';
  slip: Names;
  modulus: string;
  blinded: string;
  inverse: string;
  /** Empty until it is given. */
  signature: string;
}
export interface Draft {
  kind: 'draft';
  said: Said[];
}
/** It was handed in from here; nothing of what it says. `receipt`: while nobody has seen it. */
export interface Done {
  kind: 'done';
  receipt?: string;
}
/** It did not arrive before the slip was over; nothing of what it says. `given`: the server has signed it. */
export interface Late {
  kind: 'late';
  receipt: string;
  given: boolean;
}
export type Record = Waiting | Draft | Done | Late;

export interface Ways {
  path: string;
  /** Kept on this browser's disk when it is done. */
  keep: (waiting: Waiting) => Promise<void>;
  /** The server's blind signature, by name. */
  ask: (body: { blinded: string; browser: string }) => Promise<{ signed: string }>;
}
const TIMEOUT_MS = 15_000;

export async function begin(slip: Names, modulus: string, answers: Said[]): Promise<Waiting> {
  const { blind } = await import('./blind.ts');
  const secrets = fresh();
  const { message, inverse } = await blind(modulus, prepared(slip, { answers, ...secrets }));
  return { kind: 'ballot', slip, modulus, answers, ...secrets, blinded: hex(message), inverse: hex(inverse), signature: '' };
}

/** The receipt, once the server has it; throws {@link Failure}, and may be called again. */
export async function deliver(waiting: Waiting, { path, keep, ask }: Ways): Promise<string> {
  const message = prepared(waiting.slip, waiting);
  let { signature } = waiting;
  if (!signature) {
    const { signed } = await ask({ blinded: waiting.blinded, browser: browserName(navigator.userAgent) });
    const { opened } = await import('./blind.ts');
    signature = hex(await opened(waiting.modulus, message, bytes(signed), bytes(waiting.inverse)));
    await keep({ ...waiting, signature });
  }
  const { answers, nonce, prefix } = waiting;
  const receipt = await cast(path, { answers, nonce, prefix, signature });
  if (receipt !== (await receiptOf(message))) throw new Failure('page-fault', 0, {}, { message: 'another receipt' });
  return receipt;
}

/** What is left of a ballot whose slip is over. */
export async function tooLate(waiting: Waiting): Promise<Late> {
  return { kind: 'late', receipt: await receiptOf(prepared(waiting.slip, waiting)), given: waiting.signature !== '' };
}

/** No cookie, no token, no key of an act: nobody is named. */
async function cast(path: string, ballot: Ballot): Promise<string> {
  try {
    const answer = await fetch(`${path}/cast`, {
      method: 'POST',
      credentials: 'omit',
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(ballot),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (answer.status >= 400) throw await failureOf(answer);
    return ((await answer.json()) as { receipt: string }).receipt;
  } catch (thrown) {
    throw Failure.from(thrown);
  }
}

/** `Chrome, Windows`: by which the person finds it again. */
export function browserName(agent: string): string {
  const found = ['Edg', 'OPR', 'Firefox', 'Chrome', 'Safari'].find((name) => agent.includes(`${name}/`)) ?? '?';
  const system = ['Windows', 'Android', 'iPhone', 'iPad', 'Macintosh', 'Linux'].find((name) => agent.includes(name)) ?? '?';
  return `${{ Edg: 'Edge', OPR: 'Opera' }[found] ?? found}, ${system}`;
}
