/** The documents that the office issues, as the server tells of them (docs/API.md). */
export type LetterKind = 'invitation' | 'notice' | 'resolution';
export type Stage = 'draft' | 'signing' | 'signed' | 'stopped' | 'issued' | 'revoked';
export type Move = 'edit' | 'drop' | 'put-up' | 'withdraw' | 'issue' | 'revoke';
export type Urgency = 'urgent' | 'most_urgent' | 'express';

export const LETTER_KINDS: readonly LetterKind[] = ['invitation', 'notice', 'resolution'];
export const URGENCIES: readonly Urgency[] = ['urgent', 'most_urgent', 'express'];

export interface Letter {
  letter: string;
  kind: LetterKind;
  stage: Stage;
  /** What may be done from here. */
  moves: Move[];
  revision: number;
  abstract: string;
  signer: string | null;
  signer_name: string;
  round: string | null;
  signed: number;
  signers: number;
  number: string | null;
  issued_on: string | null;
  changed_at: string;
  issued_at: string | null;
  /** Invites to another time or room than the meeting has now. */
  outdated: boolean;
  /** Why it holds no more; empty while it does. */
  revoked: string;
}
/** Where an invitation says otherwise than its meeting; `says` is empty where it says nothing. */
export interface Difference {
  says: string;
  now: string;
}
/** Several lines are one text. */
export interface Wording {
  abstract: string;
  body: string;
  authority: string;
  signer: string | null;
  basis: string;
  recipients: string;
  urgency: Urgency | null;
  people: boolean;
  agenda: boolean;
  /** The tasks that were given, as an appendix of a notice. */
  tasks: boolean;
}
export interface Clerk {
  person: string;
  name: string;
}
export interface Letters {
  letters: Letter[];
  clerks: Clerk[];
}

/** What the layout needs and is not there yet. */
export function lacking(wording: Wording): (keyof Wording)[] {
  return (['abstract', 'body', 'authority', 'signer'] as const).filter((name) => !wording[name]?.trim());
}

/** Where the words still hold a place to be filled, as the draft proposed it: dots in place of what only a person knows. */
export function unfilled(wording: Wording): { field: 'abstract' | 'basis' | 'body' | 'authority' | 'recipients'; line: string }[] {
  return (['abstract', 'basis', 'body', 'authority', 'recipients'] as const).flatMap((field) =>
    wording[field].split('\n').flatMap((line) => (/…|\.{3}/u.test(line) ? [{ field, line: line.trim() }] : [])),
  );
}

/** In which fields two wordings say something else. */
export function differing(mine: Wording, theirs: Wording): (keyof Wording)[] {
  return (Object.keys(theirs) as (keyof Wording)[]).filter((name) => (mine[name] || null) !== (theirs[name] || null));
}

/** A tone for each stage; the words say the same. */
export const TONES = { draft: 'neutral', signing: 'accent', signed: 'warn', stopped: 'bad', issued: 'good', revoked: 'bad' } as const;

/** The day by which the words ask for answers, when it has passed on `today`; null when it has not, or none is named. Days as `2026-11-20`. */
export function passedDay(body: string, today: string): string | null {
  for (const [, day, month, year] of body.normalize('NFC').matchAll(/chậm nhất[^.\n]{0,20}?\sngày\s(\d{1,2})\stháng\s(\d{1,2})\snăm\s(\d{4})/giu)) {
    const named = `${year}-${month!.padStart(2, '0')}-${day!.padStart(2, '0')}`;
    // A day that there is not is on its way to being another one.
    if (named < today && new Date(`${named}T00:00:00Z`).getUTCDate() === Number(day)) return named;
  }
  return null;
}
