/** What the server tells of the record (docs/API.md). */
export interface Seat {
  device: string;
  room: string;
  seat: string;
  size: number;
  state: 'good' | 'none' | 'forked';
  at: string;
}

export interface Record {
  key: string;
  size: number;
  checkpoint: { size: number; root: string; at: string; note: string } | null;
  forked: boolean;
  verified: { at: string; by: string; size: number; problems: number } | null;
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
