/** The house's calendar of a year (docs/API.md): what was entered, and what the law says where nothing was. */

export type Kind = 'off' | 'worked';

export interface Entered {
  day: string;
  kind: Kind;
  name: string;
}

export interface Calendar {
  year: number;
  days: readonly Entered[];
  /** Days off by law, with those that make up for them. */
  by_law: readonly string[];
}

/** Every day to be shown, by date; `entered`: it can be dropped. What was entered stands before what the law says of the same day. */
export function listed({ days, by_law }: Calendar): (Entered & { entered: boolean })[] {
  const known = new Set(days.map(({ day }) => day));
  const law = by_law.filter((day) => !known.has(day)).map((day) => ({ day, kind: 'off' as const, name: '', entered: false }));
  return [...days.map((each) => ({ ...each, entered: true })), ...law].toSorted((a, b) => a.day.localeCompare(b.day));
}

const LAW: Readonly<Record<string, string>> = { '01-01': 'new_year', '04-30': 'victory', '05-01': 'labour', '09-02': 'national' };

/** Which holiday of the law a day is; `instead` for one that makes up for a holiday on a Saturday or Sunday. */
export function lawOf(day: string): string {
  return LAW[day.slice(5)] ?? 'instead';
}
