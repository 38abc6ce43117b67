/**
 * How a recall stands (P7): which seats have proven that their keys are destroyed, which are waited for, which will never answer.
 *
 * Rules: a proof is a receipt in the meeting's log and nothing else. A terminal that was revoked before it had answered is cut off and
 * cannot send one; it stays among those expected, and the recall is final without it.
 */
import type { Recall } from '$lib/sections.ts';

export interface RecallSeat {
  device: string;
  label: string;
  state: 'proven' | 'waiting' | 'revoked';
  receipt: Recall['receipts'][number] | null;
}

const byLabel = new Intl.Collator('vi', { numeric: true });

/** In the order of the seats; `revoked` are the devices the server names, nothing while it has not. */
export function recallSeats(recall: Recall, revoked: readonly string[] = []): RecallSeat[] {
  const receipts = new Map(recall.receipts.map((receipt) => [receipt.device, receipt]));
  return recall.expected
    .map(({ device, seat_label }): RecallSeat => {
      const receipt = receipts.get(device) ?? null;
      return { device, label: seat_label, state: receipt ? 'proven' : revoked.includes(device) ? 'revoked' : 'waiting', receipt };
    })
    .toSorted((a, b) => byLabel.compare(a.label, b.label));
}

/** Whether nothing more is to come; `all` of the seats have proven, or the rest never will. */
export function outcome(seats: readonly RecallSeat[]): 'all' | 'final' | 'waiting' {
  if (seats.some((seat) => seat.state === 'waiting')) return 'waiting';
  return seats.every((seat) => seat.state === 'proven') ? 'all' : 'final';
}
