import { currentLanguage, t } from './i18n/texts.svelte.ts';

/** What a call that did not succeed gives: a stable code, the text of the other side in both languages, its data. */
export class Failure extends Error {
  /** `network` and `timeout` are ours; every other code comes from the answer's `error.code`. */
  constructor(
    readonly code: string,
    readonly status: number = 0,
    readonly texts: { vi?: string; en?: string } = {},
    readonly data: Readonly<Record<string, unknown>> = {},
  ) {
    super(code);
    this.name = 'Failure';
  }

  /** What to show the person, in the language on screen. */
  get text(): string {
    const given = this.texts[currentLanguage()] || this.texts.vi;
    if (given) return given;
    if (this.code === 'network' || this.code === 'timeout') return t(`common.failure.${this.code}`);
    return t('common.failure.unknown', { code: this.code });
  }

  /** Whether nobody has decided anything: the call did not arrive, or a proxy answered in the server's place. */
  get undelivered(): boolean {
    return this.code === 'network' || /^http-50[234]$/.test(this.code);
  }

  /** Any thrown thing as a Failure; what is not one is a fault of the page and keeps its message for the log. */
  static from(thrown: unknown): Failure {
    if (thrown instanceof Failure) return thrown;
    if (thrown instanceof DOMException && (thrown.name === 'TimeoutError' || thrown.name === 'AbortError')) {
      return new Failure('timeout');
    }
    if (thrown instanceof TypeError) return new Failure('network');
    return new Failure('page-fault', 0, {}, { message: String(thrown) });
  }
}

/** Read the failure out of an answer with a status ≥ 400; a body that is not ours (a proxy's page) gives `http-<status>`. */
export async function failureOf(answer: Response): Promise<Failure> {
  try {
    const { error } = (await answer.json()) as {
      error: { code: string; vi?: string; en?: string; data?: Record<string, unknown> };
    };
    return new Failure(error.code, answer.status, { vi: error.vi, en: error.en }, error.data ?? {});
  } catch {
    return new Failure(`http-${answer.status}`, answer.status);
  }
}
