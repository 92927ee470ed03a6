/**
 * What one scrape of the host costs: CPU of the process, with the scrapers of an agent.
 *
 *     node bench/dist/hostmetrics.js [--check]
 *
 * The receiver runs in a collector, before an exporter that takes all, on time of its own: scrapes come
 * one behind the other, as if 30 seconds lay between them. `each` reads the tables of connections at each
 * scrape, `default` as often as the default says, which is every other one. `--check` exits 1 where the
 * default misses the target.
 */
import { availableParallelism, cpus } from 'node:os';
import { createCollector, virtualClock } from '@tributary/collector';
import type { Duration } from '@tributary/component';
import { hostMetricsReceiver, type ScrapersConfig } from '@tributary/receiver-hostmetrics';
import { memoryExporter } from '@tributary/testkit';

const warmUp = 100;
const scrapes = 400;
const rounds = 5;
/** CPU milliseconds a scrape. */
const targetMs = 5;

const interval = '30s';
const agent = (connections_interval?: Duration): ScrapersConfig => ({
  cpu: null,
  memory: null,
  disk: null,
  filesystem: null,
  network: { connections_interval },
});
const rest = { load: null, paging: null, processes: null, process: null, system: null } as const;

const cases: readonly (readonly [name: string, scrapers: ScrapersConfig])[] = [
  ['agent, default', agent()],
  ['agent, each', agent('0s')],
  [
    'agent without connections',
    { ...agent(), network: { metrics: { 'system.network.connections': { enabled: false } } } },
  ],
  ['all scrapers, default', { ...agent(), ...rest }],
];

/** CPU milliseconds a scrape, in one round. */
async function measure(scrapers: ScrapersConfig): Promise<{ readonly ms: number; readonly points: number }> {
  const clock = virtualClock();
  const sink = memoryExporter();
  const receiver = hostMetricsReceiver({ collection_interval: interval, scrapers });
  const logger = { debug() {}, info() {}, warn() {}, error() {} };
  await using collector = createCollector({
    runtime: { clock, logger },
    pipelines: { metrics: { receivers: [receiver], exporters: [sink] } },
  });
  await collector.start();
  await clock.advance('1s');
  const points = sink.items;
  const run = async (times: number): Promise<void> => {
    for (let i = 0; i < times; i++) {
      await clock.advance(interval);
      sink.clear();
    }
  };
  await run(warmUp);
  const before = process.cpuUsage();
  await run(scrapes);
  const { user, system } = process.cpuUsage(before);
  return { ms: (user + system) / 1000 / scrapes, points };
}

console.log(`${cpus()[0]?.model ?? 'unknown CPU'}, ${availableParallelism()} cores, Node ${process.version}`);
console.log(`CPU a scrape, median of ${rounds} rounds of ${scrapes} (fastest, slowest)`);
for (const [name, scrapers] of cases) {
  const found: { readonly ms: number; readonly points: number }[] = [];
  for (let round = 0; round < rounds; round++) found.push(await measure(scrapers));
  const ms = found.map((round) => round.ms).toSorted((a, b) => a - b);
  const median = ms[Math.floor(rounds / 2)]!;
  const words = [median, ms[0]!, ms.at(-1)!].map((value) => value.toFixed(2));
  console.log(`${name.padEnd(28)} ${words[0]} ms (${words[1]}, ${words[2]}), ${found[0]!.points} points`);
  if (process.argv.includes('--check') && name === 'agent, default' && median > targetMs) {
    console.error(`missed: ${targetMs} ms`);
    process.exitCode = 1;
  }
}
