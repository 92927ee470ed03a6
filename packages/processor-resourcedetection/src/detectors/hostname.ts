import { messageOf, within, type Place } from '../detector.js';
import type { HostnameSource } from '../config.js';

type Source = (place: Place, signal: AbortSignal) => Promise<string>;

const sources: Readonly<Record<HostnameSource, Source>> = {
  os: async ({ surroundings }) => surroundings.hostname(),
  dns: fullName,
  cname: canonicalName,
  lookup: reverseName,
};

/** One that another can take the place of is given this part of the time. */
const shareMs = 1000;

/** The name of the host, by the first source that gives one. */
export async function findHostname(place: Place, signal: AbortSignal): Promise<string> {
  const { config, runtime } = place;
  const { hostname_sources: wanted } = config.system;
  for (const [index, name] of wanted.entries()) {
    const isLast = index === wanted.length - 1;
    try {
      const ask = (ending: AbortSignal): Promise<string> => raced(sources[name](place, ending), ending);
      const found = await (isLast ? ask(signal) : within(runtime, signal, ask, shareMs));
      if (found !== '') return found;
      runtime.logger.debug(`system: ${name} has no name of the host`);
    } catch (error) {
      runtime.logger.debug(`system: ${name} has no name of the host`, { error: messageOf(error) });
    }
  }
  throw new Error('all hostname sources failed to get hostname');
}

/** Requests for names cannot all be cut: they are left alone. `os` waits for nothing, so it wins even when time is up. */
function raced(work: Promise<string>, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** Of /etc/hosts, else by CNAME, else by the address. */
async function fullName(place: Place, signal: AbortSignal): Promise<string> {
  const host = place.surroundings.hostname();
  const table = await place.runtime.fs.readFile('/etc/hosts', 'utf8').catch(() => '');
  return (
    nameInHosts(table, host) ??
    (await canonicalName(place, signal).catch(() => undefined)) ??
    (await reverseName(place, signal))
  );
}

/** The canonical name behind one of its aliases. */
export function nameInHosts(table: string, host: string): string | undefined {
  for (const line of table.split('\n')) {
    const [, ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (names.includes(host)) return names[0];
  }
  return undefined;
}

/** What a host's CNAME says; its own name where there is an address and no CNAME. */
async function canonicalName({ surroundings, runtime }: Place, signal: AbortSignal): Promise<string> {
  const host = surroundings.hostname();
  return withResolver(runtime, signal, async (resolver) => {
    const [name] = await resolver.resolveCname(host).catch(() => []);
    if (name !== undefined) return withoutDot(name);
    const [address] = await resolver.resolve4(host).catch(() => resolver.resolve6(host));
    if (address === undefined) throw new Error(`${host} has no address`);
    return withoutDot(host);
  });
}

/** The first name of one of the host's addresses. */
async function reverseName({ surroundings, runtime }: Place, signal: AbortSignal): Promise<string> {
  const addresses = await runtime.dns.lookup(surroundings.hostname(), { all: true });
  return withResolver(runtime, signal, async (resolver) => {
    for (const { address } of addresses) {
      const [name] = await resolver.reverse(address).catch(() => []);
      if (name !== undefined) return withoutDot(name);
    }
    throw new Error('no address of the host has a name');
  });
}

type Resolver = InstanceType<Place['runtime']['dns']['Resolver']>;

async function withResolver<T>(
  { dns }: Place['runtime'],
  signal: AbortSignal,
  work: (resolver: Resolver) => Promise<T>,
): Promise<T> {
  const resolver = new dns.Resolver();
  const cancel = (): void => resolver.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    return await work(resolver);
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

const withoutDot = (name: string): string => name.replace(/\.$/, '');
