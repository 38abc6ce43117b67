/** Secret slips in the browser: the ballot's bytes, blinding held to RFC 9474, what is kept, and what happens when it does not arrive (C10, W172, W173). */
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { emptyWording, lacking, type Said, setSecret, type Slip } from '../src/console/consultations/consultations.ts';
import { Secret } from '../src/console/consultations/secret/answering.svelte.ts';
import { bytes, hex, plain, prepared, receiptOf, room } from '../src/console/consultations/secret/ballots.ts';
import { blind, opened } from '../src/console/consultations/secret/blind.ts';
import { browserName, type Record as Held } from '../src/console/consultations/secret/casting.ts';
import { goOn } from '../src/console/consultations/secret/going-on.ts';
import { leftOver } from '../src/console/consultations/secret/left.ts';
import { type Alone, type Kept, Safe, type Shelf } from '../src/console/consultations/secret/safe.ts';
import { session } from '../src/console/session.svelte.ts';
import { Failure } from '../src/lib/failure.ts';
import { vectors } from './files.ts';

const VECTOR = vectors<{ consultation: string; sha256: string; answers: Said[]; nonce: string; prefix: string; message: string; receipt: string; room: number }>('slip-ballot');
const RFC = vectors<Record<'n' | 'msg' | 'msg_prefix' | 'salt' | 'inv' | 'blinded_msg' | 'blind_sig' | 'sig' | 'd', string>>('published-blind-rsa');

describe('a ballot', () => {
  it('W172 is the bytes of the vector, and so is its receipt', async () => {
    const message = prepared(VECTOR, VECTOR);
    expect(hex(message)).toBe(VECTOR.message);
    expect(await receiptOf(message)).toBe(VECTOR.receipt);
    expect(room(VECTOR.answers)).toBe(VECTOR.room);
  });

  it('W172 holds words in one form, without what is no character', () => {
    expect(plain('  Đồng ý\u200b \r\nvới\u0000 Điều 3  \n')).toBe('Đồng ý\nvới Điều 3');
    expect(plain('Đề\u0323')).toBe('Đề\u0323'.normalize('NFC'));
    // What stood between a letter and its mark is taken out: they are one letter then, or the bytes could not be made.
    expect(plain('a\u200b\u0301')).toBe('á');
  });

  it('W76 is blinded as RFC 9474 says, with the salt and the factor of its vector', async () => {
    const modulus = BigInt(`0x${RFC.n}`);
    const factor = inverseOf(BigInt(`0x${RFC.inv}`), modulus);
    // The library draws a salt, and then a factor.
    const drawn = [bytes(RFC.salt), bytes(factor.toString(16).padStart(RFC.n.length, '0'))];
    vi.spyOn(crypto, 'getRandomValues').mockImplementation((into) => {
      (into as Uint8Array).set(drawn.shift()!);
      return into;
    });
    const message = bytes(RFC.msg_prefix + RFC.msg);
    const shut = await blind(RFC.n, message);
    expect(hex(shut.message)).toBe(RFC.blinded_msg);
    expect(hex(await opened(RFC.n, message, bytes(RFC.blind_sig), shut.inverse))).toBe(RFC.sig);
    await expect(opened(RFC.n, message, bytes(RFC.blind_sig.replace(/^../, '00')), shut.inverse)).rejects.toThrow();
  });

  it('is named by the browser it was given in', () => {
    expect(browserName('Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36')).toBe('Chrome, Windows');
    expect(browserName('Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0')).toBe('Edge, Linux');
  });
});

describe('a draft of a slip', () => {
  it('C10 that is secret is neither signed nor live, is shared, and asks three', () => {
    const wording = { ...emptyWording(), signed: true, live: true, shared: false, recipients: ['u-a', 'u-b'] };
    setSecret(wording, true);
    expect([wording.signed, wording.live, wording.shared]).toEqual([false, false, true]);
    expect(lacking(wording, [])).toContain('few');
    wording.recipients.push('u-c');
    expect(lacking(wording, [])).not.toContain('few');
  });
});

/** A shelf in memory; what lies there is as unreadable as on a disk. */
class Memory implements Shelf {
  kept = new Map<string, Kept>();
  get = async (name: string): Promise<Kept | undefined> => this.kept.get(name);
  put = async (name: string, kept: Kept): Promise<void> => void this.kept.set(name, kept);
  drop = async (name: string): Promise<void> => void this.kept.delete(name);
  names = async (): Promise<string[]> => [...this.kept.keys()];
}
/** One after the other, as the browser's locks have it. */
function oneByOne(): Alone {
  const last = new Map<string, Promise<unknown>>();
  return (name, work) => {
    const mine = (last.get(name) ?? Promise.resolve()).then(work);
    last.set(
      name,
      mine.catch(() => undefined),
    );
    return mine;
  };
}

const QUESTIONS = [{ question: 'q1', text: 'Một', template: 'approve', answers: [{ answer: 'for', text: 'Tán thành', means: 'for' }], rule: null, opinion: true }];
const slip = (answered = 0): Slip =>
  ({ consultation: 'f-abcdefghijklmnop', sha256: 'ab'.repeat(32), token_key: OWN.n, wording: { ...emptyWording(), questions: QUESTIONS }, mine: { answered } }) as unknown as Slip;

/** The key of a slip, and what it makes of what it is given. */
const OWN = await (async (): Promise<Record<'n' | 'd', string>> => {
  const size = { modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
  const { privateKey } = await crypto.subtle.generateKey({ name: 'RSA-PSS', hash: 'SHA-384', ...size }, true, ['sign', 'verify']);
  const { n, d } = await crypto.subtle.exportKey('jwk', privateKey);
  return { n: Buffer.from(n!, 'base64url').toString('hex'), d: Buffer.from(d!, 'base64url').toString('hex') };
})();
function signs(blinded: string): { signed: string } {
  const [modulus, exponent] = [BigInt(`0x${OWN.n}`), BigInt(`0x${OWN.d}`)];
  return { signed: power(BigInt(`0x${blinded}`), exponent, modulus).toString(16).padStart(512, '0') };
}
function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let found = 1n;
  for (let rest = exponent, square = base % modulus; rest > 0n; rest >>= 1n, square = (square * square) % modulus) if (rest & 1n) found = (found * square) % modulus;
  return found;
}
function inverseOf(number: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [number, modulus, 1n, 0n];
  while (b > 0n) [a, b, x, y] = [b, a % b, y, x - (a / b) * y];
  return ((x % modulus) + modulus) % modulus;
}

describe('handing in', () => {
  const begun: Secret[] = [];
  let shelf: Memory;
  let safe: Safe;
  let draw: MockInstance;
  let posted: MockInstance<typeof fetch>;
  const NAME = 'u-a f-abcdefghijklmnop';
  const form = async (answered = 0): Promise<Secret> => {
    const made = new Secret(slip(answered), '/s', 'u-a', safe);
    begun.push(made);
    await made.open();
    return made;
  };
  const filled = async (): Promise<Secret> => {
    const made = await form();
    made.said[0]!.answer = 'for';
    made.check();
    return made;
  };
  const record = (): Promise<Held | null> => safe.read<Held>('u-a', 'f-abcdefghijklmnop');
  /** The server takes whatever ballot comes. */
  const takes = async (_path: unknown, request?: RequestInit): Promise<Response> => {
    const ballot = JSON.parse(String(request!.body)) as Parameters<typeof prepared>[1];
    return Response.json({ receipt: await receiptOf(prepared({ consultation: 'f-abcdefghijklmnop', sha256: 'ab'.repeat(32) }, ballot)) });
  };
  beforeEach(() => {
    shelf = new Memory();
    safe = new Safe(shelf, oneByOne());
    draw = vi.spyOn(session.api, 'send').mockImplementation(async (_method, _path, body) => signs((body as { blinded: string }).blinded));
    posted = vi.spyOn(globalThis, 'fetch').mockImplementation(takes);
  });
  afterEach(() => begun.splice(0).forEach((one) => one.stop()));

  it('C10 a draft is kept in this browser alone, sealed under a key that nothing takes out', async () => {
    const first = await form();
    first.said[0]!.opinion = 'Đề nghị bổ sung';
    await first.save();
    expect(draw).not.toHaveBeenCalled();
    expect(posted).not.toHaveBeenCalled();
    const { key, data } = shelf.kept.get(NAME)!;
    expect(key.extractable).toBe(false);
    expect(new TextDecoder().decode(data)).not.toContain('bổ sung');
    expect((await form()).said[0]!.opinion).toBe('Đề nghị bổ sung');
  });

  it('W173 kept before it is given, handed in without a cookie, forgotten with the receipt', async () => {
    const one = await filled();
    draw.mockImplementation(async (_method, path, body) => {
      expect(path).toBe('/s/draw');
      expect(await record()).toMatchObject({ kind: 'ballot', signature: '' });
      return signs((body as { blinded: string }).blinded);
    });
    posted.mockImplementation(async (path, request) => {
      expect([path, request!.credentials, request!.headers]).toEqual(['/s/cast', 'omit', { 'Content-Type': 'application/json' }]);
      expect(await record()).toMatchObject({ kind: 'ballot', signature: expect.stringMatching(/^[0-9a-f]{512}$/) as string });
      return takes(path, request);
    });
    await one.handIn();
    expect([one.step, one.receipt]).toEqual(['done', expect.stringMatching(/^([A-Z2-7]{4} ){3}[A-Z2-7]{4}$/)]);
    // Kept until a page has shown it.
    expect(await record()).toEqual({ kind: 'done', receipt: one.receipt });
    await one.shown();
    expect(await record()).toEqual({ kind: 'done' });
    expect((await form(1)).step).toBe('handed');
  });

  it('C10 who leaves the page while it is sent finds the receipt when they come back', async () => {
    const one = await filled();
    const leaves = takes;
    posted.mockImplementation((path, request) => {
      one.stop();
      return leaves(path, request);
    });
    await one.handIn();
    const back = await form(1);
    expect([back.step, back.receipt]).toEqual(['done', expect.stringMatching(/^[A-Z2-7 ]{19}$/)]);
  });

  it('C10 acknowledged is acknowledged, though the browser cannot write it down', async () => {
    const one = await filled();
    posted.mockImplementation((path, request) => {
      shelf.put = () => Promise.reject(new Error('disk full'));
      return takes(path, request);
    });
    await one.handIn();
    expect([one.step, one.receipt.length, one.left]).toEqual(['done', 19, true]);
    await one.shown();
    expect([one.left, await record()]).toEqual([false, null]);
  });

  it('W173 while the server is away it waits, and goes on with the very same ballot', async () => {
    const one = await filled();
    posted.mockRejectedValueOnce(new TypeError('away'));
    await one.handIn();
    one.stop();
    expect([one.step, one.failure!.code]).toEqual(['waiting', 'network']);
    // The page was closed, and is opened again.
    const other = await form(1);
    expect([other.step, draw.mock.calls.length]).toEqual(['done', 1]);
    expect(posted.mock.calls[1]![1]!.body).toBe(posted.mock.calls[0]![1]!.body);
  });

  it('W173 an answer that was lost between giving and keeping is asked for again, with the same number', async () => {
    const one = await filled();
    draw.mockRejectedValueOnce(new Failure('network'));
    await one.handIn();
    one.stop();
    expect((await form()).step).toBe('done');
    expect(draw.mock.calls[1]![2]).toEqual(draw.mock.calls[0]![2]);
  });

  it('C10 says that the ballot was given in another browser, and keeps nothing for it', async () => {
    expect((await form(1)).step).toBe('elsewhere');
    const one = await filled();
    draw.mockRejectedValueOnce(new Failure('consultation-ballot-given', 409, { vi: 'x', en: 'x' }));
    await one.handIn();
    expect([one.step, await record()]).toEqual(['elsewhere', null]);
  });

  it('C10 two windows of one browser hand in one ballot', async () => {
    const [one, other] = [await filled(), await filled()];
    draw.mockRejectedValueOnce(new Failure('network'));
    await one.handIn();
    one.stop();
    await other.handIn();
    expect([other.step, draw.mock.calls[1]![2]]).toEqual(['done', draw.mock.calls[0]![2]]);
  });

  it('C10 what went on without its page shows its receipt once', async () => {
    await safe.keep('u-a', 'f-abcdefghijklmnop', { kind: 'done', receipt: VECTOR.receipt });
    const one = await form(1);
    expect(one).toMatchObject({ step: 'done', receipt: VECTOR.receipt });
    await one.shown();
    expect((await form(1)).step).toBe('handed');
  });

  const refuses = (code: string) => async (): Promise<Response> => Response.json({ error: { code, vi: 'x', en: 'x' } }, { status: 409 });
  it.each(['consultation-over', 'consultation-ballot-refused', 'consultation-ballot-too-long', 'consultation-not-secret', 'bad-field', 'bad-json'])('C6 %s is told with its receipt, and is not tried again', async (code) => {
    const one = await filled();
    posted.mockImplementation(refuses(code));
    await one.handIn();
    expect([one.step, one.receipt.length, one.failure!.code, await record()]).toEqual(['lost', 19, code, { kind: 'late', receipt: one.receipt, given: true }]);
    await one.shown();
    expect(await record()).toBeNull();
  });

  it('W174 a key that is missing for a moment is waited for', async () => {
    const one = await filled();
    posted.mockImplementation(refuses('consultation-urn-lost'));
    await one.handIn();
    expect([one.step, (await record())!.kind]).toEqual(['waiting', 'ballot']);
    posted.mockImplementation(takes);
    await one.again();
    expect(one.step).toBe('done');
  });

  it('C10 no ballot is called given and lost that the server never gave', async () => {
    const asked = vi.spyOn(session.api, 'get');
    for (const [answered, code, step] of [[0, 'consultation-over', 'ungiven'], [1, 'consultation-over', 'lost'], [0, 'bad-field', 'write']] as const) {
      const one = await filled();
      draw.mockRejectedValueOnce(new Failure(code));
      asked.mockResolvedValueOnce(slip(answered));
      await one.handIn();
      expect([one.step, one.failure!.code]).toEqual([step, code]);
      // What was chosen is not lost where it can still be handed in.
      if (step === 'write') expect(one.said[0]!.answer).toBe('for');
      else await one.shown();
    }
  });

  it('C10 another window waits until this one has handed in, and shows what came of it', async () => {
    const [one, other] = [await filled(), await filled()];
    await Promise.all([one.handIn(), other.handIn()]);
    expect([one.receipt, posted.mock.calls.length]).toEqual([other.receipt, 1]);
  });

  describe('of what this browser kept of a slip that is over', () => {
    const listed = (stage: string): MockInstance => vi.spyOn(session.api, 'get').mockResolvedValue({ ...slip(1), stage });
    const waits = async (): Promise<void> => {
      const one = await filled();
      posted.mockRejectedValueOnce(new TypeError('away'));
      await one.handIn();
      one.stop();
    };
    it('C10 a ballot is told as lost with its receipt, and only that stays until then', async () => {
      await waits();
      listed('closed');
      await goOn('u-a', safe);
      const kept = await record();
      expect(kept).toEqual({ kind: 'late', receipt: expect.any(String) as string, given: true });
      expect(await leftOver('u-a', 'f-abcdefghijklmnop', true, safe)).toEqual(kept);
    });
    it('C10 a receipt that nobody has seen is told, and a draft is forgotten', async () => {
      await safe.keep('u-a', 'f-abcdefghijklmnop', { kind: 'done', receipt: VECTOR.receipt });
      listed('closed');
      await goOn('u-a', safe);
      expect(await leftOver('u-a', 'f-abcdefghijklmnop', true, safe)).toEqual({ kind: 'done', receipt: VECTOR.receipt });
      await safe.keep('u-a', 'f-abcdefghijklmnop', { kind: 'draft', said: [] });
      expect(await leftOver('u-a', 'f-abcdefghijklmnop', false, safe)).toBeNull();
      expect(shelf.kept.size).toBe(0);
    });
    it('C10 nothing stays of one that is not there any more, and one that is open goes on', async () => {
      await waits();
      listed('open');
      await goOn('u-a', safe);
      expect(await record()).toMatchObject({ kind: 'done', receipt: expect.any(String) as string });
      vi.spyOn(session.api, 'get').mockRejectedValue(new Failure('consultation-unknown', 404));
      await goOn('u-a', safe);
      expect(await record()).toBeNull();
    });
  });

  it('C10 without a store nothing is begun', async () => {
    shelf.get = () => Promise.reject(new Error('private window'));
    expect((await form()).step).toBe('unable');
  });
});
