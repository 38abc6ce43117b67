/** What the server tells of the record (docs/API.md). */
export interface Seat {
  device: string;
  room: string;
  seat: string;
  size: number;
  /** `acknowledged`: from before a restoration that was acknowledged, and not there yet; `followed`: it fits, since it left that. */
  state: 'good' | 'none' | 'forked' | 'acknowledged' | 'followed';
  /** The size of the checkpoint that it left last, and keeps as evidence; 0: none. */
  gave_up: number;
  at: string;
}

export interface Record {
  key: string;
  size: number;
  checkpoint: { size: number; root: string; at: string; note: string } | null;
  forked: boolean;
  /** The database was put back: signed were `old` entries, there are `new`; `at`: the last checkpoint that is left. */
  went_back: { old: number; new: number; at: string | null } | null;
  restored: { old: number; new: number; reason: string; at: string; by: string }[];
  /** `since`: from which entry on the night looked; absent: all of it. */
  verified: { at: string; by: string; size: number; problems: number; since?: number } | null;
  seats: Seat[];
}

export interface Checked {
  size: number;
  root: string;
  logs: number;
  checkpoints: number;
  problems: { code: string; vi: string; en: string }[];
  at: string;
}

/** What the page says first: the worst of what is known. */
export function verdict(record: Record, checked: Checked | null): 'forked' | 'seats' | 'wrong' | 'good' | 'never' {
  if (record.forked) return 'forked';
  if (checked ? checked.problems.length > 0 : (record.verified?.problems ?? 0) > 0) return 'wrong';
  if (record.seats.some((seat) => seat.state === 'forked')) return 'seats';
  return checked || record.verified ? 'good' : 'never';
}
