/**
 * Files behind links of the consoles. A browser keeps whatever a link with `download` is answered with, a refusal as well,
 * and the page says nothing: so such a link is fetched first, and what was refused is told in words.
 *
 *     $effect(() => mindDownloads((failure) => notify('bad', failure.text)));
 */
import { keep } from '$lib/download.ts';
import { Failure, failureOf } from '$lib/failure.ts';
import { t } from '$lib/i18n/texts.svelte.ts';

/** The name that an answer's `Content-Disposition` gives its file; what is no name there gives `otherwise`. */
export function fileName(disposition: string | null, otherwise: string): string {
  const found = /filename\*=UTF-8''([^;]+)/iu.exec(disposition ?? '')?.[1];
  try {
    if (found) return decodeURIComponent(found);
  } catch {
    /* Written by nobody we know. */
  }
  return /filename="?([^";]+)"?/iu.exec(disposition ?? '')?.[1] ?? otherwise;
}

/** What stood in the server's place (a proxy, a cache) says nothing of ours: its number is told in words. */
export function inWords(failure: Failure): Failure {
  const code = /^http-(\d)(\d\d)$/u.exec(failure.code);
  if (!code) return failure;
  const kind = { 401: 'signed_out', 403: 'kept', 404: 'gone', 410: 'gone' }[failure.status] ?? (code[1] === '5' ? 'away' : 'refused');
  const text = t(`console.download.${kind}`, { status: failure.status });
  return new Failure(failure.code, failure.status, { vi: text, en: text });
}

/** Fetch what the links of this page offer, until the returned function is called. */
export function mindDownloads(tell: (failure: Failure) => void): () => void {
  async function fetched(link: HTMLAnchorElement): Promise<void> {
    link.ariaBusy = 'true';
    try {
      const answer = await fetch(link.href);
      if (!answer.ok) throw inWords(await failureOf(answer));
      const last = new URL(link.href).pathname.split('/').at(-1)!;
      keep(fileName(answer.headers.get('Content-Disposition'), link.download || last), await answer.blob());
    } catch (thrown) {
      tell(Failure.from(thrown));
    } finally {
      link.ariaBusy = null;
    }
  }
  function clicked(event: MouseEvent): void {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[download]') : null;
    if (!link?.getAttribute('href')?.startsWith('/api/') || event.defaultPrevented || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    if (link.ariaBusy !== 'true') void fetched(link);
  }
  addEventListener('click', clicked);
  return () => removeEventListener('click', clicked);
}
