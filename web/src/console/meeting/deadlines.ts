/** A meeting's deadlines as the server tells them (docs/API.md), and how each is shown today. */

export const NAMES = ['invitation', 'papers', 'answers', 'conclusion'] as const;
export type Name = (typeof NAMES)[number];

export interface Told {
  /** Days, `2026-11-24`; null when there is none, or the meeting has no day. */
  deadlines: Readonly<Record<Name, string | null>> | null;
  today: string;
}

export interface Row {
  name: Name;
  day: string;
  state: 'ahead' | 'today' | 'over';
}

/** What is to be shown, in the order of the work; once a meeting has begun nobody is invited any more. */
export function rows({ deadlines, today }: Told, begun: boolean): Row[] {
  return NAMES.flatMap((name) => {
    const day = deadlines?.[name];
    return day && (name === 'conclusion') === begun ? [{ name, day, state: day === today ? 'today' : day < today ? 'over' : 'ahead' }] : [];
  });
}
