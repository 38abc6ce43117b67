/**
 * Files behind links of the consoles. A browser keeps whatever a link with `download` is answered with, a refusal as well,
 * and the page says nothing: so such a link is fetched first, and what was refused is told in words.
 *
 *     $effect(() => mindDownloads((failure) => notify('bad', failure.text)));
 */
import { keep } from '$lib/download.ts';
import { Failure, failureOf } from '$lib/failure.ts';

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

/** Fetch what the links of this page offer, until the returned function is called. */
export function mindDownloads(tell: (failure: Failure) => void): () => void {
  async function fetched(link: HTMLAnchorElement): Promise<void> {
    link.ariaBusy = 'true';
    try {
      const answer = await fetch(link.href);
      if (!answer.ok) throw await failureOf(answer);
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
