/** A room that was looked through: what the server found, in the order in which somebody walks it. */
export type Verdict = 'good' | 'unknown' | 'warn' | 'bad';

export interface Finding {
  what: string;
  verdict: Verdict;
  code: string;
  values: Record<string, number | string>;
}

export interface CheckedSeat {
  seat: string;
  label: string;
  device: string | null;
  serial: string;
  verdict: Verdict;
  findings: Finding[];
}

export interface RoomCheck {
  room: { id: string; name: string };
  at: string;
  meetings: number;
  papers: number;
  counts: Record<Verdict, number>;
  seats: CheckedSeat[];
}

/** The columns, as the server sends them for a seat that is there. */
export const COLUMNS = ['network', 'screen', 'reader', 'papers', 'time', 'power', 'heat', 'room', 'certificate', 'version'] as const;

const RANK: Record<Verdict, number> = { bad: 0, warn: 1, unknown: 2, good: 3 };

/** What needs somebody first, then by label. */
export function walk(seats: readonly CheckedSeat[]): CheckedSeat[] {
  const byLabel = new Intl.Collator('vi', { numeric: true });
  return seats.toSorted((a, b) => RANK[a.verdict] - RANK[b.verdict] || byLabel.compare(a.label, b.label));
}

/** Each kind of fault once, the worst first: what to do about it is written once. */
export function faults(seats: readonly CheckedSeat[]): { key: string; verdict: Verdict; labels: string[] }[] {
  const found = new Map<string, { key: string; verdict: Verdict; labels: string[] }>();
  for (const seat of walk(seats)) {
    for (const { what, verdict, code } of seat.findings) {
      if (verdict === 'good' || verdict === 'unknown') continue;
      const key = `${what}.${code}`;
      const known = found.get(key) ?? { key, verdict, labels: [] };
      if (RANK[verdict] < RANK[known.verdict]) known.verdict = verdict;
      known.labels.push(seat.label);
      found.set(key, known);
    }
  }
  return [...found.values()].toSorted((a, b) => RANK[a.verdict] - RANK[b.verdict]);
}
