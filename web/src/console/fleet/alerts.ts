/** What IT has to know of terminals, in the order in which it is to be looked at. */
import type { Device, DeviceAlert } from '../types.ts';

export interface Alerted {
  key: string;
  device: Device;
  alert: DeviceAlert;
  /** Somebody may be misusing the terminal: it should be revoked. */
  grave: boolean;
}

const GRAVE: ReadonlySet<string> = new Set(['copied']);

const WHY: ReadonlySet<string> = new Set(['key', 'torn', 'unmended', 'files']);
/** What a terminal says of a store that only failed to open (W195), by what is to be done about it. */
const FAULTS: Readonly<Record<string, string>> = {
  unreadable: 'card',
  'seat-store-unreadable': 'card',
  'written-over': 'card',
  'not-made': 'card',
  'not-erased': 'card',
  'not-mounted': 'card',
  'no-partition': 'partition',
  'in-use': 'held',
  'seat-disk-full': 'full',
  'no-answer': 'program',
  'bad-answer': 'program',
  'not-seen': 'program',
  working: 'working',
};

/** Where the words of an alert stand: `title` and `why` of `alerts.<kind>`, of a store that waits by its question. */
export function wordsOf(alert: DeviceAlert): string {
  if (alert.kind !== 'store_shut') return `alerts.${alert.kind}`;
  const { why = '', ordered = false } = alert.question ?? {};
  return `alerts.store_shut.${ordered ? 'ordered' : WHY.has(why) ? why : 'other'}`;
}

/** What to do about a store that failed to open; a word that nobody here knows is told as it came, beside it. */
export function faultOf(word: string): string {
  return word.endsWith('-does-not-work') ? 'program' : Object.hasOwn(FAULTS, word) ? FAULTS[word]! : 'other';
}

/** The grave ones first, then the oldest. A revoked terminal has nothing left to be told. */
export function alerted(devices: readonly Device[]): Alerted[] {
  return devices
    .filter((device) => device.state !== 'revoked')
    .flatMap((device) =>
      (device.alerts ?? []).map((alert) => ({ key: `${device.id}.${alert.kind}`, device, alert, grave: GRAVE.has(alert.kind) })),
    )
    .toSorted((a, b) => Number(b.grave) - Number(a.grave) || a.alert.since.localeCompare(b.alert.since));
}
