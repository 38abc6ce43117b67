import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Api } from '$lib/api.ts';
import { Failure } from '$lib/failure.ts';
import { useTexts } from '$lib/i18n/texts.svelte.ts';

type Call = [string, RequestInit & { headers: Record<string, string> }];

function answering(...answers: (Response | Error)[]) {
  const calls: Call[] = [];
  vi.stubGlobal('fetch', (path: string, init: Call[1]) => {
    calls.push([path, init]);
    const next = answers.shift()!;
    return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
  });
  return calls;
}
const json = (value: unknown, status = 200): Response => new Response(JSON.stringify(value), { status });
const api = (onFailure?: (failure: Failure) => void): Api =>
  new Api({ tokenHeader: 'X-CSRF-Token', retryMs: [0, 0], onFailure });

beforeEach(() => useTexts('common'));

describe('calls that change something', () => {
  it('carry the token and a key of the contract’s form', async () => {
    const calls = answering(json({ seq: 3 }));
    const caller = api();
    caller.token = 'secret';
    expect(await caller.send('POST', '/api/x', { a: 1 })).toEqual({ seq: 3 });
    const { headers, body } = calls[0]![1];
    expect(headers['X-CSRF-Token']).toBe('secret');
    expect(headers['Idempotency-Key']).toMatch(/^a-[a-z2-7]{16}$/);
    expect(body).toBe('{"a":1}');
  });

  it('are sent again with the same key when they did not arrive, twice at most', async () => {
    const calls = answering(new TypeError('network'), new Response('<html>', { status: 502 }), json({}));
    await api().send('POST', '/api/x');
    const keys = calls.map(([, init]) => init.headers['Idempotency-Key']);
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);

    answering(new TypeError('1'), new TypeError('2'), new TypeError('3'));
    await expect(api().send('POST', '/api/x')).rejects.toMatchObject({ code: 'network' });
  });

  it('are not sent again when somebody has decided', async () => {
    const calls = answering(json({ error: { code: 'offline', vi: 'Chưa kết nối', en: 'Offline', data: {} } }, 503));
    await expect(api().send('POST', '/api/x')).rejects.toMatchObject({ code: 'offline', status: 503 });
    expect(calls).toHaveLength(1);
  });
});

describe('failures', () => {
  it('speak with the text of the answer, in the language on screen', async () => {
    const told: string[] = [];
    answering(json({ error: { code: 'paper-encrypted', vi: 'Tài liệu có mật khẩu.', en: 'Encrypted.', data: { a: 1 } } }, 422));
    const failure = await api((one) => told.push(one.code)).get('/api/x').catch(Failure.from);
    expect(failure).toMatchObject({ code: 'paper-encrypted', text: 'Tài liệu có mật khẩu.', data: { a: 1 } });
    expect(told).toEqual(['paper-encrypted']);
  });
  it('of the network, of time and of strangers have words of their own', () => {
    expect(Failure.from(new TypeError('x')).text).toContain('kết nối');
    expect(Failure.from(new DOMException('', 'TimeoutError')).text).toContain('chưa trả lời');
    expect(new Failure('http-500', 500).text).toContain('http-500');
  });
});

it('an answer without a body is nothing', async () => {
  answering(new Response(null, { status: 204 }));
  expect(await api().send('POST', '/api/x')).toBeNull();
});
