/**
 * An answer that goes on: JSON, one object a line; empty lines only say that somebody is there.
 *
 *     for await (const told of lines<Told>(url, { headers, signal })) …
 */
import { failureOf } from './failure.ts';

/** Throws `Failure` for a refusal, and what `fetch` throws. Ends when the other side ends it. */
export async function* lines<T>(url: string, request: RequestInit): AsyncGenerator<T> {
  const answer = await fetch(url, { ...request, cache: 'no-store' });
  if (answer.status >= 400) throw await failureOf(answer);
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const all = (rest + value).split('\n');
      rest = all.pop()!;
      for (const line of all) if (line !== '') yield JSON.parse(line) as T;
    }
  } finally {
    // Who reads no further lets the connection go.
    await reader.cancel().catch(() => undefined);
  }
}
