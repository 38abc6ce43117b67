/* A file for the person to keep: from what is in the page already, or asked from the server first. */
import { failureOf } from './failure.ts';

/** Give `bytes` to the browser's downloads under the name `file`. */
export function keep(file: string, bytes: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(bytes);
  link.download = file;
  link.click();
  URL.revokeObjectURL(link.href);
}

/**
 * Fetch `path` and keep the answer as `file`. Not a plain link: when the server refuses or is away, the person is told
 * in words, and can try again. Throws `Failure` then. Returns the headers of the answer.
 */
export async function download(file: string, path: string, request?: RequestInit): Promise<Headers> {
  const answer = await fetch(path, request);
  if (!answer.ok) throw await failureOf(answer);
  keep(file, await answer.blob());
  return answer.headers;
}
