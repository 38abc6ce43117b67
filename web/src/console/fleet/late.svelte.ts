/**
 * Which terminals are behind in a meeting they hold, as far as their own reports tell (M3, D4).
 *
 * Rules: a report is up to fifteen seconds old, so a smaller number than another terminal's means nothing by itself; only one that
 * is still smaller after the time of its next report is behind ({@link LateSeats}).
 *
 *     const late = new LateDevices();
 *     late.hear(devices);  late.behind(device);  late.close()
 */
import { LateSeats } from '../meeting/late.svelte.ts';
import type { Device } from '../types.ts';

export class LateDevices {
  #meetings = new Map<string, LateSeats>();
  #highest = new Map<string, number>();

  constructor(private readonly graceMs?: number) {}

  /** Told of every state of the fleet. */
  hear(devices: readonly Device[]): void {
    const approved = devices.filter((device) => device.state === 'approved');
    for (const meeting of new Set(approved.flatMap((device) => Object.keys(device.seqs)))) {
      const holders = approved.filter((device) => meeting in device.seqs);
      const highest = Math.max(...holders.map((device) => device.seqs[meeting]!));
      this.#highest.set(meeting, highest);
      const late = this.#meetings.get(meeting) ?? new LateSeats(this.graceMs);
      this.#meetings.set(meeting, late);
      late.hear(
        holders.map(({ id, online, seqs }) => ({ device: id, online, seq: seqs[meeting]! })),
        highest,
      );
    }
  }

  /** How many events the terminal lacks of meetings in which it is behind; 0 when it is not. */
  behind(device: Device): number {
    return Object.entries(device.seqs).reduce((sum, [meeting, seq]) => {
      const late = this.#meetings.get(meeting)?.devices.has(device.id) ?? false;
      return sum + (late ? Math.max(0, (this.#highest.get(meeting) ?? seq) - seq) : 0);
    }, 0);
  }

  close(): void {
    for (const late of this.#meetings.values()) late.close();
  }
}
