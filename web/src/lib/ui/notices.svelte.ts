/**
 * Short messages that pass: "Đã trình chiếu trang 3". What needs an answer is a dialog, what lasts is a {@link Note}.
 *
 * Rules: a failure stays until it is closed; everything else goes after six seconds, and waits while it is pointed at or focused.
 */
export type Tone = 'info' | 'good' | 'warn' | 'bad';

export interface Notice {
  id: number;
  tone: Tone;
  text: string;
  action?: { label: string; run: () => void };
}

const STAYS_MS = 6000;
const SHOWN = 3;

let last = 0;
let shown = $state.raw<readonly Notice[]>([]);
const timers = new Map<number, ReturnType<typeof setTimeout>>();

export function notices(): readonly Notice[] {
  return shown;
}

/** Show a message; the same text twice is one message. Returns its number. */
export function notify(tone: Tone, text: string, action?: Notice['action']): number {
  for (const same of shown) if (same.text === text) dismiss(same.id);
  const notice: Notice = { id: ++last, tone, text, action };
  for (const old of shown.slice(0, Math.max(0, shown.length - SHOWN + 1))) dismiss(old.id);
  shown = [...shown, notice];
  if (tone !== 'bad') expire(notice.id);
  return notice.id;
}

export function dismiss(id: number): void {
  hold(id);
  shown = shown.filter((notice) => notice.id !== id);
}

/** Do not let it pass while somebody looks at it. */
export function hold(id: number): void {
  clearTimeout(timers.get(id));
  timers.delete(id);
}

/** Let it pass from now on. */
export function expire(id: number): void {
  hold(id);
  timers.set(
    id,
    setTimeout(() => dismiss(id), STAYS_MS),
  );
}
