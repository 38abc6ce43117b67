/** Accounts looked over, and sign-ins (docs/API.md). */
import type { Role } from '../types.ts';

export interface Looked {
  id: string;
  name: string;
  username: string;
  position: string;
  unit: string;
  roles: Role[];
  created_at: string;
  last_used_at: string;
  disabled: boolean;
  /** Disabled by itself: nobody used it for 45 days. */
  unused: boolean;
  second_factor: boolean;
  certificates: number;
  /** Nobody has confirmed it in the review that goes on. */
  left: boolean;
  confirmed_at: string | null;
}

export interface Review {
  round: { number: number; begun_at: string; ended_at: string | null } | null;
  left: number;
  accounts: readonly Looked[];
}

export interface SignIn {
  person: string | null;
  name?: string;
  at: string;
  means: string;
  place: string;
  outcome: string;
}

export type Kind = 'all' | 'left' | 'unused' | 'disabled';
export const KINDS: readonly Kind[] = ['all', 'left', 'unused', 'disabled'];

export function of(kind: Kind, accounts: readonly Looked[]): Looked[] {
  return accounts.filter((each) => kind === 'all' || each[kind]);
}

const WHYS = new Set(['bad-credentials', 'account-disabled', 'second-factor-wrong', 'second-factor-used', 'second-factor-missing']);
export const why = (outcome: string): string => (WHYS.has(outcome) ? outcome : 'other');
