/** New images for terminals, as the server tells of them (docs/API.md, `GET /api/updates`). */

export interface Release {
  version: string;
  compatible: string;
  size: number;
  sha256: string;
  minimum: string;
  expires: string;
  name: string;
  signer: string;
  added_at: string;
  added_by: string;
}

export interface RolloutTerminal {
  device: string;
  label: string;
  room: string;
  room_name: string;
  online: boolean;
  image: string;
  in_stage: boolean;
  step: string;
  done: number;
  reason: string;
  tries: number;
}

export type Stage = 'lab' | 'room' | 'all';
export const STAGES: readonly Stage[] = ['lab', 'room', 'all'];

export interface Rollout {
  id: string;
  version: string;
  compatible: string;
  lab: string;
  room: string;
  soak_h: number;
  stage: Stage;
  state: 'running' | 'stopped' | 'done' | 'ended';
  begun_at: string;
  ready_at: string | null;
  next_at: string | null;
  ended_at: string | null;
  fault: { device: string; reason: string } | null;
  counts: Record<string, number>;
  terminals: readonly RolloutTerminal[];
}

export interface Updates {
  authority: boolean;
  file: string;
  releases: readonly Release[];
  rollouts: readonly Rollout[];
}

const WRONG: ReadonlySet<string> = new Set(['failed', 'fallen-back']);
const AT_WORK: ReadonlySet<string> = new Set(['told', 'fetching', 'fetched', 'installing', 'installed', 'restarting']);
const byLabel = new Intl.Collator('vi', { numeric: true });

export type Tone = 'good' | 'bad' | 'accent' | 'neutral';

export function toneOf(step: string): Tone {
  if (step === 'good') return 'good';
  if (WRONG.has(step)) return 'bad';
  return AT_WORK.has(step) ? 'accent' : 'neutral';
}

/** What is wrong first, then who is at work, then by seat. */
export function inOrder(terminals: readonly RolloutTerminal[]): RolloutTerminal[] {
  const rank = (one: RolloutTerminal): number => (WRONG.has(one.step) ? 0 : AT_WORK.has(one.step) ? 1 : one.step === 'good' ? 3 : 2);
  return terminals.toSorted((a, b) => rank(a) - rank(b) || byLabel.compare(a.room_name, b.room_name) || byLabel.compare(a.label, b.label));
}

/** Whom somebody might want to look at: everybody but those that are done, left out, or not on yet. */
export function notable(terminals: readonly RolloutTerminal[]): RolloutTerminal[] {
  return inOrder(terminals).filter(({ step }) => WRONG.has(step) || AT_WORK.has(step));
}
