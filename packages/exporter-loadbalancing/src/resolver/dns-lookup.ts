import type { Runtime } from '@tributary/component';
import { formatHostPort } from '@tributary/transport';
import type { DnsResolverSettings } from './config.js';

/** One way to ask for the backends behind a name. */
export interface DnsLookup {
  /** At least one, as they stand in the ring; in any order, and one perhaps more than once. */
  backends(): Promise<readonly string[]>;
  /** Gives up what is under way. */
  cancel(): void;
}

type Dns = Runtime['dns'];

export function createDnsLookup(config: DnsResolverSettings, { dns }: Pick<Runtime, 'dns'>): DnsLookup {
  if (!config.srv && config.server === undefined) return bySystem(config, dns);
  return byServer(config, dns);
}

/**
 * Lookups of the system that are still under way although nobody waits for them: each holds one of the few threads that
 * files need too.
 */
const maxHanging = 2;

/** As programs look names up: with the file of hosts and the search domains. */
function bySystem({ hostname, port }: DnsResolverSettings, dns: Dns): DnsLookup {
  let underWay = 0;
  return {
    async backends() {
      if (underWay >= maxHanging) throw new Error(`${underWay} earlier lookups have not ended yet`);
      underWay++;
      try {
        const found = await dns.lookup(hostname, { all: true });
        if (found.length === 0) throw new Error('no address');
        return found.map(({ address }) => backendOf(address, port));
      } finally {
        underWay--;
      }
    },
    cancel() {},
  };
}

/** With messages of one's own, which can be given up, and can ask for SRV records and other servers. */
function byServer(config: DnsResolverSettings, dns: Dns): DnsLookup {
  const { hostname, port, server, timeout } = config;
  // Each try has twice the time of the one before: two fit into the timeout.
  const resolver = new dns.Resolver({ timeout: Math.ceil(Math.min(timeout, 60_000) / 3), tries: 2 });
  if (server !== undefined) resolver.setServers([server]);
  /** Whether there has been an address of this family. */
  const known = { ipv4: false, ipv6: false };

  /** Empty where the name is known to have none. */
  async function addressesOf(host: string): Promise<readonly string[]> {
    const [ipv4, ipv6] = await Promise.all([
      resolver.resolve4(host).catch(noneOrError),
      resolver.resolve6(host).catch(noneOrError),
    ]);
    // Some servers fail at a family that they do not have. Where it has had addresses, half an answer would take
    // backends away because of a failure.
    if (ipv4 instanceof Error && (known.ipv4 || !isFilled(ipv6))) throw ipv4;
    if (ipv6 instanceof Error && (known.ipv6 || !isFilled(ipv4))) throw ipv6;
    known.ipv4 ||= isFilled(ipv4);
    known.ipv6 ||= isFilled(ipv6);
    return [...(isFilled(ipv4) ? ipv4 : []), ...(isFilled(ipv6) ? ipv6 : [])];
  }

  async function byAddresses(): Promise<readonly string[]> {
    const addresses = await addressesOf(hostname);
    if (addresses.length === 0) throw new Error('no address');
    return addresses.map((address) => backendOf(address, port));
  }

  async function byRecords(): Promise<readonly string[]> {
    const records = await resolver.resolveSrv(hostname);
    const first = Math.min(...records.map(({ priority }) => priority));
    // The root as the host says that there is no such service (RFC 2782).
    const targets = records.filter(({ priority, name }) => priority === first && name !== '' && name !== '.');
    if (targets.length === 0) throw new Error('no SRV record with a host');
    if (config.return_hostnames) return targets.map((target) => formatHostPort(target.name, target.port));
    const addresses = new Map<string, Promise<readonly string[]>>();
    for (const { name } of targets) if (!addresses.has(name)) addresses.set(name, addressesOf(name));
    await Promise.all(addresses.values());
    const backends: string[] = [];
    for (const target of targets) {
      // A host without an address has gone, and its record will go.
      for (const address of await addresses.get(target.name)!) backends.push(backendOf(address, target.port));
    }
    if (backends.length === 0) throw new Error('no address of the hosts in its SRV records');
    return backends;
  }

  return { backends: config.srv ? byRecords : byAddresses, cancel: () => resolver.cancel() };
}

function isFilled(found: readonly string[] | Error): found is readonly string[] {
  return !(found instanceof Error) && found.length > 0;
}

/** That a name has no such records, or does not exist, is an answer. */
function noneOrError(error: unknown): readonly string[] | Error {
  const code = (error as { readonly code?: unknown } | null)?.code;
  if (code === 'ENODATA' || code === 'ENOTFOUND') return [];
  return error instanceof Error ? error : new Error(String(error));
}

/** As the Collector writes it, since the ring hashes this text: IPv6 in brackets with or without a port. */
function backendOf(address: string, port: number | undefined): string {
  const host = address.includes(':') ? `[${address}]` : address;
  return port === undefined ? host : `${host}:${port}`;
}
