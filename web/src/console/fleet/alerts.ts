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

/** The grave ones first, then the oldest. A revoked terminal has nothing left to be told. */
export function alerted(devices: readonly Device[]): Alerted[] {
  return devices
    .filter((device) => device.state !== 'revoked')
    .flatMap((device) =>
      (device.alerts ?? []).map((alert) => ({ key: `${device.id}.${alert.kind}`, device, alert, grave: GRAVE.has(alert.kind) })),
    )
    .toSorted((a, b) => Number(b.grave) - Number(a.grave) || a.alert.since.localeCompare(b.alert.since));
}
