import type { Surroundings } from '../surroundings.js';

/** Lists of addresses, none twice. */
export interface Addresses {
  readonly 'host.ip'?: readonly string[];
  readonly 'host.mac'?: readonly string[];
  readonly 'host.interface'?: readonly string[];
}

/** Addresses without those of the loopback; names with it, as in the Collector. */
export function addressesOf(interfaces: ReturnType<Surroundings['networkInterfaces']>): Addresses {
  const addresses = new Set<string>();
  const macs = new Set<string>();
  for (const list of Object.values(interfaces)) {
    for (const { address, mac, internal } of list ?? []) {
      if (internal) continue;
      addresses.add(address);
      // A tunnel has none.
      if (!/^(00:)*00$/.test(mac)) macs.add(mac.toUpperCase().replaceAll(':', '-'));
    }
  }
  const names = Object.keys(interfaces);
  return {
    ...(addresses.size > 0 && { 'host.ip': [...addresses] }),
    ...(macs.size > 0 && { 'host.mac': [...macs] }),
    ...(names.length > 0 && { 'host.interface': names }),
  };
}
