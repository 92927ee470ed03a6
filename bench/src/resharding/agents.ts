import { systemRuntime } from '@tributary/collector';
import type { Clock, Runtime } from '@tributary/component';
import {
  createDecisions,
  createRing,
  type Decisions,
  type LoadBalancingExporterConfig,
  type MakeResolver,
} from '@tributary/exporter-loadbalancing';
import { port, type Gateways } from './gateways.js';

/** The default of the resolver. */
export const intervalMs = 5000;

/** How agents are configured, and when they ask. */
export interface Balancing extends Pick<LoadBalancingExporterConfig, 'ring' | 'sticky'> {
  /**
   * When agents ask the DNS: `together`, by the wall clock, as ours do; or `anytime`, each by its own start, as Go
   * exporters do.
   */
  readonly asks: 'together' | 'anytime';
}

const silent: Runtime['logger'] = { debug() {}, info() {}, warn() {}, error() {} };

/** Agents that know which backends there are. */
export async function startAgents(
  count: number,
  { ring, sticky, asks }: Balancing,
  gateways: Gateways,
  clock: Clock,
  random: () => number,
): Promise<readonly Decisions[]> {
  const lookup = (async () =>
    gateways.addresses.map((address) => ({ address, family: 4 }))) as unknown as Runtime['dns']['lookup'];
  const { dns } = systemRuntime();
  const runtime = systemRuntime({ clock, random, logger: silent, dns: { ...dns, lookup } });
  const resolver =
    asks === 'together'
      ? { dns: { hostname: 'gateways', port, interval: `${intervalMs}ms` as const } }
      : { custom: byOwnStart(gateways) };
  const config: LoadBalancingExporterConfig = {
    protocol: { otlp: { tls: { insecure: true } } },
    resolver,
    ring,
    sticky,
  };
  const options = { transport: gateways.transport, makeRing: sharedRings() };
  const agents = Array.from({ length: count }, () => createDecisions(config, runtime, options));
  await Promise.all(agents.map((agent) => agent.start()));
  return agents;
}

/** Rings are made once for the same backends. */
function sharedRings(): typeof createRing {
  const made = new Map<string, ReturnType<typeof createRing>>();
  return (kind, backends, xxh64) => {
    const key = backends.join(' ');
    let ring = made.get(key);
    if (ring === undefined) made.set(key, (ring = createRing(kind, backends, xxh64)));
    return ring;
  };
}

/** Asks in every interval, counted from a moment of its own. */
function byOwnStart(gateways: Gateways): MakeResolver {
  return ({ clock, random }) => {
    const timers: { stop(): void }[] = [];
    return {
      name: 'own_start',
      async start(onChange, _, onAnswer) {
        let last = '';
        const ask = (): void => {
          const backends = gateways.endpoints.toSorted();
          onAnswer();
          if (backends.join(' ') !== last) onChange(backends);
          last = backends.join(' ');
        };
        ask();
        timers.push(
          clock.after(random() * intervalMs, () => {
            ask();
            timers.push(clock.every(intervalMs, ask));
          }),
        );
      },
      stop: () => timers.forEach((timer) => timer.stop()),
    };
  };
}
