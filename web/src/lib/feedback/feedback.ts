/** A fault or a wish, as the server tells it, and what is sent with it (docs/API.md). */
import type { Failure } from '../failure.ts';

export interface Own {
  number: number;
  kind: 'fault' | 'wish';
  text: string;
  at: string;
  state: 'new' | 'taken' | 'done';
  by: string;
  answer: string;
  answered_at: string | null;
  unread: boolean;
}

export interface Told extends Own {
  name: string;
  about: Record<string, string>;
  /** The terminal it was told at; '' for a console. */
  device: string;
}

export const TONES = { new: 'warn', taken: 'accent', done: 'good' } as const;

const ID = /^[a-z]-[a-z2-7]{16}$/;

/** The kind of a page: ids are left out, and what was searched for. */
export function kindOf(path: string): string {
  const [, first = '', ...rest] = path.split('/');
  if (first === 'search' || first === '') return `/${first}`;
  return `/${[first, ...rest.map((part) => (ID.test(part) || /\d/.test(part) ? ':' : part))].join('/')}`;
}

/** Which build this page is of: its scripts are named by their content. */
function built(): string {
  const script = document.querySelector<HTMLScriptElement>('script[type=module][src]')?.src ?? '';
  return script.split('/').at(-1) ?? '';
}

/** What is needed to understand it: no name, no content, no address. `seat`: at which seat of the room. */
export function about(path: string, last: { failure: Failure; at: number } | null, language: string, seat = ''): Record<string, string> {
  const told: Record<string, string> = {
    page: kindOf(path),
    seat,
    version: built(),
    at: new Date().toISOString(),
    browser: navigator.userAgent.slice(0, 300),
    screen: `${innerWidth} × ${innerHeight}`,
    language,
  };
  if (last !== null) {
    const reference = last.failure.data['reference'];
    told['error'] = [last.failure.code, typeof reference === 'string' ? reference : '', new Date(last.at).toISOString()].filter(Boolean).join(' · ');
  }
  return Object.fromEntries(Object.entries(told).filter(([, value]) => value !== ''));
}
