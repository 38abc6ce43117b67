/** What the server tells of trust (docs/API.md), and how files become what it takes. */

export type Ending = 0 | 7 | 30 | 60;

export interface Facts {
  fingerprint: string;
  name: string;
  subject: string;
  issuer: string;
  serial: string;
  since: string;
  until: string;
  key: string;
  hash: string;
  is_authority: boolean;
  is_root: boolean;
  ends_in: Ending | null;
}

export interface Authority extends Facts {
  trusted: boolean;
  added_at: string;
  added_by: string;
}

export interface Certificate extends Facts {
  person: string;
  person_name: string;
  person_post: string;
  enrolled_at: string;
  state: 'good' | 'unknown' | 'old' | 'expired' | 'not_yet' | 'withdrawn' | 'revoked';
  gone_at: string | null;
  reason: string;
  revocation: { kind: 'ocsp' | 'crl'; made_at: string; age_s: number } | null;
}

export interface AdminEvent {
  number: number;
  at: string;
  actor: string;
  actor_name: string;
  person_name: string;
  kind: string;
  data: Record<string, unknown>;
  hash: string;
}

export interface Trust {
  authorities: Authority[];
  certificates: Certificate[];
  policy: { hard: boolean };
  events: AdminEvent[];
}

export interface Given {
  challenge: string;
  to_sign: string;
  expires_at: string;
  certificate: Facts;
}

/** Bytes of a file as base 64, as every route of trust takes them. */
export async function base64(file: Blob): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

/** A certificate's file: PEM as it is, anything else as base 64. */
export async function certificateOf(file: File): Promise<string> {
  const text = await file.text();
  return text.trimStart().startsWith('-----BEGIN') ? text : base64(file);
}

/** Whether it may still be used: what ends soon is only worth a warning then. */
export function isUsed(one: Certificate): boolean {
  return one.state !== 'withdrawn' && one.state !== 'revoked';
}
