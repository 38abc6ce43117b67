/** The book of the terminals, as the server keeps it (docs/API.md). */

import { t } from '$lib/i18n/texts.svelte.ts';

export type Kind = 'fault' | 'upkeep' | 'replacement';
export const KINDS: readonly Kind[] = ['fault', 'upkeep', 'replacement'];

export interface Said {
  kind: Kind;
  /** `2026-11-21`. */
  day: string;
  found: string;
  done: string;
  by_whom: string;
  /** Vietnamese đồng. */
  cost: number | null;
  closed_on: string | null;
}

export interface Entry extends Said {
  number: number;
  device: string;
  serial: string;
  seat_label: string;
  room_name: string;
  open: boolean;
  at: string;
  by_name: string;
  source: string;
  revision: number;
}

export interface Plan {
  number: number;
  device: string | null;
  room: string | null;
  /** '' for a plan of one terminal. */
  room_name: string;
  every_months: number;
  first_day: string;
  what: string;
}

export interface Terminal {
  device: string;
  serial: string;
  seat_label: string;
  room: string;
  room_name: string;
}

export interface Due {
  open: number;
  next: string | null;
  standing: 'far' | 'soon' | 'today' | 'late' | null;
}

export interface Standing {
  today: string;
  open: number;
  late: number;
  /** Due today. */
  due: number;
  soon: number;
  devices: Readonly<Record<string, Due>>;
}

export interface Book extends Standing {
  entries: readonly Entry[];
  plans: readonly Plan[];
  terminals: readonly Terminal[];
}

export interface Correction {
  entry: number;
  revision: number;
  was: Said;
  reason: string;
  at: string;
  by_name: string;
}

export interface Sheet {
  today: string;
  device: { id: string; serial: string; state: string; seat_label: string; room: string | null; room_name: string; since: string };
  entries: readonly Entry[];
  corrections: readonly Correction[];
  plan: Plan | null;
  next: string | null;
  standing: Due['standing'];
}

/** `1200000`, or in groups of three: `1.200.000`, `1,200,000`, `1 200 000`; '' is null, anything else (`12.5`) undefined. */
export function costOf(text: string): number | null | undefined {
  const written = text.trim();
  if (written === '') return null;
  if (!/^(?:\d+|\d{1,3}(?:([.,\s])\d{3}(?:\1\d{3})*))$/.test(written)) return undefined;
  const bare = written.replaceAll(/\D/g, '');
  return bare.length <= 12 ? Number(bare) : undefined;
}

/** What was found; a swap that wrote itself says it in the reader's language. */
export function foundOf({ found, source }: Pick<Entry, 'found' | 'source'>): string {
  return found === '' && source.startsWith('replaced:') ? t('upkeep.swapped') : found;
}

/** Who is meant by a choice: all terminals of a room, or one. */
export function meant(choice: string, terminals: readonly Terminal[]): string[] {
  return terminals.filter(({ device, room }) => choice === device || choice === room).map(({ device }) => device);
}

/** A terminal as people know it: `A1 – Phòng lớn · PH-17`. */
export function nameOf(one: Terminal): string {
  return [[one.seat_label, one.room_name].filter(Boolean).join(' – ') || one.device, one.serial].filter(Boolean).join(' · ');
}

/** What a plan asks for at a terminal: its own plan beats its room's. */
export function askedOf(one: Terminal, plans: readonly Plan[]): string {
  return (plans.find(({ device }) => device === one.device) ?? plans.find(({ room }) => room === one.room))?.what ?? '';
}

/** The rooms among terminals, each once. */
export function roomsOf(terminals: readonly Terminal[]): { room: string; room_name: string; count: number }[] {
  const found = new Map<string, { room: string; room_name: string; count: number }>();
  for (const { room, room_name } of terminals) {
    const one = found.get(room) ?? { room, room_name, count: 0 };
    found.set(room, { ...one, count: one.count + 1 });
  }
  return [...found.values()];
}
