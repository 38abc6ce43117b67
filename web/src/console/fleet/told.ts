/** What the server tells live of the terminals. */
import type { Device } from '../types.ts';

/** All terminals at first, then those that changed. */
export type FleetTold = { devices: Device[] } | { changed: Device[]; gone: string[] };

/** The terminals after `told`; one that did not change is the very same object. */
export function merged(known: readonly Device[], told: FleetTold): Device[] {
  if ('devices' in told) return told.devices;
  const fresh = new Map(told.changed.map((device) => [device.id, device]));
  const kept = known.filter(({ id }) => !told.gone.includes(id)).map((device) => fresh.get(device.id) ?? device);
  const before = new Set(known.map(({ id }) => id));
  return [...told.changed.filter(({ id }) => !before.has(id)), ...kept];
}
