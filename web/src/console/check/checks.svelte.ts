/**
 * Files whose signatures are being checked here: one after the other, the newest result on top.
 *
 * Rules: nothing is kept but what is on screen; a refusal stays beside its file, with a way to try again.
 *
 *     checks.add(files);  checks.drop(one);  checks.again(one)
 */
import type { Api } from '$lib/api.ts';
import { Failure } from '$lib/failure.ts';
import type { Report } from './report.ts';

export class Checked {
  state = $state<'waiting' | 'sending' | 'checking' | 'done' | 'refused'>('waiting');
  report = $state.raw<Report | null>(null);
  failure = $state.raw<Failure | null>(null);
  readonly abort = new AbortController();

  constructor(
    readonly id: number,
    readonly file: File,
  ) {}
}

export class Checks {
  #all = $state.raw<readonly Checked[]>([]);
  #last = 0;
  #running: Promise<void> = Promise.resolve();

  constructor(private readonly api: Api) {}

  /** The newest first. */
  get all(): readonly Checked[] {
    return this.#all;
  }
  get going(): boolean {
    return this.#all.some((one) => one.state !== 'done' && one.state !== 'refused');
  }

  add(files: Iterable<File>): void {
    for (const file of files) {
      const one = new Checked((this.#last += 1), file);
      this.#all = [one, ...this.#all];
      this.#queue(one);
    }
  }
  again(one: Checked): void {
    one.failure = null;
    one.state = 'waiting';
    this.#queue(one);
  }
  drop(one: Checked): void {
    one.abort.abort();
    this.#all = this.#all.filter((other) => other !== one);
  }

  #queue(one: Checked): void {
    this.#running = this.#running.then(() => this.#check(one));
  }
  async #check(one: Checked): Promise<void> {
    if (!this.#all.includes(one)) return;
    one.state = 'sending';
    const form = new FormData();
    form.set('file', one.file, one.file.name);
    try {
      const sent = (part: number): void => void (part >= 1 && (one.state = 'checking'));
      one.report = await this.api.upload<Report>('/api/signatures/check', form, sent, one.abort.signal);
      one.state = 'done';
    } catch (thrown) {
      one.failure = Failure.from(thrown);
      one.state = 'refused';
    }
  }
}
