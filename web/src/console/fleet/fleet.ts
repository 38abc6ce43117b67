/** Terminals as IT reads them: grouped, counted, with what needs attention first. */
import { fold } from '$lib/fold.ts';
import type { Device } from '../types.ts';

const DAY_MS = 86_400_000;
/** Certificates are renewed from day 10 of 30; one with fewer days left has not been for three days. */
export const CERTIFICATE_LOW_DAYS = 17;

export interface Counts {
  online: number;
  offline: number;
  pending: number;
  /** Approved ones whose certificate ends soon. */
  expiring: number;
}

const byLabel = new Intl.Collator('vi', { numeric: true });

export function daysLeft(until: string | null, now: number): number | null {
  return until === null ? null : Math.floor((Date.parse(until) - now) / DAY_MS);
}

export function counts(devices: readonly Device[], now: number): Counts {
  const approved = devices.filter((device) => device.state === 'approved');
  return {
    online: approved.filter((device) => device.online).length,
    offline: approved.filter((device) => !device.online).length,
    pending: devices.filter((device) => device.state === 'pending').length,
    expiring: approved.filter((device) => (daysLeft(device.certificate_until, now) ?? Infinity) < CERTIFICATE_LOW_DAYS).length,
  };
}

/** Waiting ones, the longest waiting first. */
export function pendingOf(devices: readonly Device[]): Device[] {
  return devices.filter((device) => device.state === 'pending').toSorted((a, b) => a.requested_at.localeCompare(b.requested_at));
}

/** All others: approved by room and seat, then refused and revoked. */
export function knownOf(devices: readonly Device[]): Device[] {
  const rank = { approved: 0, refused: 1, revoked: 2, pending: 3 };
  return devices
    .filter((device) => device.state !== 'pending')
    .toSorted(
      (a, b) =>
        rank[a.state] - rank[b.state] || byLabel.compare(a.room_name, b.room_name) || byLabel.compare(a.seat_label, b.seat_label),
    );
}

/** Which rows IT wants to see: `attention` – away, a certificate that ends soon, or something IT has to know. */
export type Shown = 'all' | 'offline' | 'attention';

/** The rows that hold all of the words, in label, room, serial number, version or id; case and marks do not count. */
export function matching(devices: readonly Device[], words: string, shown: Shown, now: number): Device[] {
  const wanted = fold(words).split(/\s+/).filter(Boolean);
  return devices.filter((device) => {
    const away = device.state === 'approved' && !device.online;
    const low = device.state === 'approved' && (daysLeft(device.certificate_until, now) ?? Infinity) < CERTIFICATE_LOW_DAYS;
    if (shown === 'offline' ? !away : shown === 'attention' && !away && !low && !device.alerts?.length) return false;
    const text = fold([device.seat_label, device.room_name, device.serial, device.agent, device.id].join(' '));
    return wanted.every((word) => text.includes(word));
  });
}

/** `1234 5678 9012`, whatever blanks the code came with. */
export function spaced(code: string): string {
  return (code.replace(/\s+/g, '').match(/.{1,4}/g) ?? []).join(' ');
}

/** Of the terminals that are to be switched off: how many are there to hear it, and which of these nobody switches on again from afar. */
export function goingOff(devices: readonly { id: string; label: string }[], known: readonly Device[]): { off: number; lost: string[] } {
  const found = new Map(known.map((device) => [device.id, device]));
  const off = devices.filter(({ id }) => found.get(id)?.online);
  return { off: off.length, lost: off.filter(({ id }) => found.get(id)?.card?.wakes !== true).map(({ label }) => label) };
}

/** The seats of the same room where people can be asked to sit instead: in use, and not under maintenance themselves. */
export function seatsBeside(device: Device, known: readonly Device[]): { seat: string; label: string }[] {
  return known
    .filter((each) => each.state === 'approved' && each.room === device.room && each.id !== device.id && !each.maintenance)
    .flatMap(({ seat, seat_label }) => (seat === null ? [] : [{ seat, label: seat_label }]))
    .toSorted((a, b) => byLabel.compare(a.label, b.label));
}
