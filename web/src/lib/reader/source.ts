/**
 * Where a reader's pages come from: the seat's agent, or the server for consoles. Both answer the same calls (docs/API.md).
 *
 *     const source = new HttpPages('/api/papers', api);
 *     source.address(paper, 3, 800);   // '/api/papers/p-…/1/pages/3?width=800'
 */
import type { Api } from '../api.ts';
import { failureOf } from '../failure.ts';

/** A paper as far as reading it goes. */
export interface ReadablePaper {
  paper: string;
  version: number;
  title: string;
  pages: number;
}

/** In page points, origin top left; a word is `[x0, y0, x1, y1, text]`. */
export interface PageText {
  width: number;
  height: number;
  words: [number, number, number, number, string][];
}

export interface Hit {
  page: number;
  count: number;
  excerpt: string;
}

export interface Outline {
  /** Width and height of every page in points. */
  sizes: [number, number][];
  outline: { title: string; page: number; level: number }[];
}

export interface PageSource {
  /** The address of a page's picture, for `fetch` and `<img>`. */
  address(paper: ReadablePaper, page: number, width: number): string;
  /** The picture, decoded; the caller closes it or hands it to a canvas. Throws `Failure`, or `AbortError` after `signal`. */
  bitmap(paper: ReadablePaper, page: number, width: number, signal: AbortSignal): Promise<ImageBitmap>;
  text(paper: ReadablePaper, page: number, signal: AbortSignal): Promise<PageText>;
  search(paper: ReadablePaper, query: string, signal: AbortSignal): Promise<Hit[]>;
  outline(paper: ReadablePaper, signal: AbortSignal): Promise<Outline>;
}

export class HttpPages implements PageSource {
  /** `root` is `/api/papers` at a seat, `/api/meetings/<m>/papers` on the server. */
  constructor(
    private readonly root: string,
    private readonly api: Api,
    /** Added to the address of a page. */
    private readonly query: Readonly<Record<string, string>> = {},
  ) {}

  address(paper: ReadablePaper, page: number, width: number): string {
    return `${this.at(paper)}/pages/${page}?${new URLSearchParams({ width: String(width), ...this.query })}`;
  }

  async bitmap(paper: ReadablePaper, page: number, width: number, signal: AbortSignal): Promise<ImageBitmap> {
    const answer = await fetch(this.address(paper, page, width), { signal, credentials: 'same-origin' });
    if (!answer.ok) throw await failureOf(answer);
    return createImageBitmap(await answer.blob());
  }

  /** At a seat: have a picture made that may be asked for soon; nobody waits for it, and nobody hears of its failing. */
  prepare(paper: ReadablePaper, page: number, width: number): void {
    fetch(`${this.address(paper, page, width)}&ahead=1`, { credentials: 'same-origin', priority: 'low' }).catch(() => undefined);
  }

  text(paper: ReadablePaper, page: number, signal: AbortSignal): Promise<PageText> {
    return this.api.get(`${this.at(paper)}/text/${page}`, signal);
  }

  async search(paper: ReadablePaper, query: string, signal: AbortSignal): Promise<Hit[]> {
    const found = await this.api.get<{ hits: Hit[] }>(`${this.at(paper)}/search?q=${encodeURIComponent(query)}`, signal);
    return found.hits;
  }

  outline(paper: ReadablePaper, signal: AbortSignal): Promise<Outline> {
    return this.api.get(`${this.at(paper)}/outline`, signal);
  }

  private at(paper: ReadablePaper): string {
    return `${this.root}/${paper.paper}/${paper.version}`;
  }
}
