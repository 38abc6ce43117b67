/**
 * Papers on their way to the server.
 *
 * Rules (P1, P4): the level of secrecy is chosen by a person for each file, nothing is assumed; of a state secret only the title is
 * sent, never the file. Files go one after the other; a refusal stays beside its file until it is put away, with a way to try again.
 *
 *     uploads.add(item, files);  uploads.send(upload)
 */
import type { Api } from '$lib/api.ts';
import { Failure } from '$lib/failure.ts';
import type { Secrecy } from '$lib/sections.ts';
import { isStub } from './readiness.ts';

export interface Answer {
  paper: string;
  version: number;
  pages: number;
  warnings: string[];
}

export class Upload {
  title = $state('');
  secrecy = $state<Secrecy | ''>('');
  state = $state<'choosing' | 'waiting' | 'sending' | 'done' | 'refused'>('choosing');
  /** 0 … 1; at 1 the server checks and encrypts. */
  part = $state(0);
  failure = $state.raw<Failure | null>(null);
  answer = $state.raw<Answer | null>(null);
  readonly abort = new AbortController();

  constructor(
    readonly id: number,
    readonly item: string,
    readonly file: File,
    /** The paper this is a new version of; null for a new paper. */
    readonly paper: string | null,
  ) {
    this.title = titleOf(file.name);
  }

  /** Only the title is sent. */
  get stub(): boolean {
    return isStub(this.secrecy);
  }
  /** What stands in the way: nothing, or the key of a text. */
  get lacks(): 'secrecy' | 'title' | null {
    if (this.paper !== null) return null;
    if (this.secrecy === '') return 'secrecy';
    return this.title.trim() === '' && this.secrecy !== 'top_secret' ? 'title' : null;
  }
}

/** A file's name as a title: without ending, underscores as blanks. */
export function titleOf(name: string): string {
  return name.replace(/\.[a-z0-9]{1,5}$/i, '').replaceAll('_', ' ').trim().normalize('NFC');
}

export class Uploads {
  #all = $state.raw<readonly Upload[]>([]);
  #last = 0;
  #running: Promise<void> = Promise.resolve();

  constructor(
    private readonly root: string,
    private readonly api: Api,
  ) {}

  get all(): readonly Upload[] {
    return this.#all;
  }
  of(item: string): Upload[] {
    return this.#all.filter((upload) => upload.item === item);
  }
  get going(): boolean {
    return this.#all.some((upload) => upload.state === 'sending' || upload.state === 'waiting');
  }

  add(item: string, files: Iterable<File>, paper: string | null = null): Upload[] {
    const fresh = [...files].map((file) => new Upload((this.#last += 1), item, file, paper));
    this.#all = [...this.#all, ...fresh];
    return fresh;
  }

  /** Put it away; what is on its way is stopped. */
  drop(upload: Upload): void {
    upload.abort.abort();
    this.#all = this.#all.filter((one) => one !== upload);
  }

  /** Send when those before it have gone. */
  send(upload: Upload): void {
    if (upload.lacks !== null) return;
    upload.state = 'waiting';
    upload.failure = null;
    upload.part = 0;
    this.#running = this.#running.then(() => this.#send(upload));
  }

  async #send(upload: Upload): Promise<void> {
    if (!this.#all.includes(upload)) return;
    upload.state = 'sending';
    const form = new FormData();
    if (upload.paper === null) {
      form.set('item', upload.item);
      form.set('title', upload.title.trim());
      form.set('secrecy', upload.secrecy);
    }
    if (!upload.stub) form.set('file', upload.file, upload.file.name);
    const path = upload.paper === null ? this.root : `${this.root}/${upload.paper}/versions`;
    try {
      upload.answer = await this.api.upload<Answer>(path, form, (part) => (upload.part = part), upload.abort.signal);
      upload.state = 'done';
      if (upload.answer.warnings.length === 0) this.drop(upload);
    } catch (thrown) {
      upload.failure = Failure.from(thrown);
      upload.state = 'refused';
    }
  }
}
