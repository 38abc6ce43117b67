/**
 * Which seats are behind the meeting (M3).
 *
 * Rules: a seat tells its number with its next sign of life, up to fifteen seconds after it has moved; only one that is still short of
 * a number it should have reached by then is behind. A seat that is offline is offline, not behind.
 */
import type { DeliverySeat } from '../types.ts';

type Reported = Pick<DeliverySeat, 'device' | 'online' | 'seq'>;

const GRACE_MS = 25_000;

export class LateSeats {
  #late = $state.raw<ReadonlySet<string>>(new Set());
  /** Device → the number it should have reached, and when that is due. */
  #due = new Map<string, { seq: number; at: number }>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #seats: readonly Reported[] = [];
  #seq = 0;

  constructor(private readonly graceMs: number = GRACE_MS) {}

  /** Devices that are behind. Reactive. */
  get devices(): ReadonlySet<string> {
    return this.#late;
  }

  /** Told of every report, with the number the meeting is at. */
  hear(seats: readonly Reported[], seq: number): void {
    this.#seats = seats;
    this.#seq = seq;
    this.#look();
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #look(): void {
    clearTimeout(this.#timer);
    const now = Date.now();
    const late = new Set<string>();
    let next = Infinity;
    for (const seat of this.#seats) {
      const due = this.#due.get(seat.device);
      if (!seat.online || seat.seq >= this.#seq) this.#due.delete(seat.device);
      else if (due === undefined || seat.seq >= due.seq) {
        this.#due.set(seat.device, { seq: this.#seq, at: now + this.graceMs });
        next = Math.min(next, now + this.graceMs);
      } else if (due.at <= now) late.add(seat.device);
      else next = Math.min(next, due.at);
    }
    this.#late = late;
    if (next < Infinity) this.#timer = setTimeout(() => this.#look(), next - now + 10);
  }
}
