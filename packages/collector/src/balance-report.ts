import type { Clock } from '@tributary/component';
import type { Balance, BalanceLine, Books, EdgeLine } from './books.js';
import { imbalances } from './imbalance.js';
import type { Meters } from './meter.js';
import type { BuildInfo } from './telemetry/resource.js';

/** What `GET /balance` answers: the books of one moment, for other programs. */
export interface BalanceReport {
  /** The moment, as ISO 8601. */
  readonly time: string;
  /** The same on a clock that only goes forward, since the collector was made; for rates. */
  readonly uptimeMs: number;
  readonly build: BuildInfo;
  readonly components: readonly ReportedLine[];
  readonly edges: readonly EdgeLine[];
  /** The lines that do not add up, a sentence each. */
  readonly imbalances: readonly string[];
}

/** A {@link BalanceLine} as JSON. */
export interface ReportedLine extends Omit<BalanceLine, 'dropped'> {
  /** By reason. */
  readonly dropped: Readonly<Record<string, number>>;
  /** Of exporters that have one and tell of it. */
  readonly queue?: ReportedQueue | undefined;
}

/** How full a sending queue is, what is being sent included. */
export interface ReportedQueue {
  readonly size: number;
  readonly capacity: number;
  /** What both count: `requests`, `items` or `bytes`. */
  readonly unit: string;
}

/** Makes the reports of a collector. */
export function createReporter(
  books: Books,
  meters: Meters,
  build: BuildInfo,
  clock: Clock,
): () => BalanceReport {
  const startMs = clock.monotonic();
  return () => {
    const balance = books.balance();
    return {
      time: new Date(clock.now()).toISOString(),
      uptimeMs: clock.monotonic() - startMs,
      build,
      components: reported(balance, queuesOf(meters)),
      edges: balance.edges,
      imbalances: imbalances(balance),
    };
  };
}

function reported({ components }: Balance, queues: ReadonlyMap<string, ReportedQueue>): ReportedLine[] {
  return components.map(({ dropped, ...line }) => {
    const queue = line.kind === 'exporter' ? queues.get(keyOf(line.component, line.signal)) : undefined;
    return { ...line, dropped: Object.fromEntries(dropped), ...(queue !== undefined && { queue }) };
  });
}

/** By exporter and signal: what they tell of their queues under the Collector's names. */
function queuesOf(meters: Meters): ReadonlyMap<string, ReportedQueue> {
  const capacities = new Map(
    meters
      .observe('otelcol_exporter_queue_capacity')
      .map(({ attributes, value }) => [keyOf(attributes['exporter'], attributes['data_type']), value]),
  );
  return new Map(
    meters.observe('otelcol_exporter_queue_size').flatMap(({ attributes, value: size, unit = '' }) => {
      const key = keyOf(attributes['exporter'], attributes['data_type']);
      const capacity = capacities.get(key);
      return capacity === undefined ? [] : [[key, { size, capacity, unit: units[unit] ?? unit }]];
    }),
  );
}

const units: Readonly<Record<string, string>> = { '{request}': 'requests', '{item}': 'items', By: 'bytes' };

function keyOf(exporter: unknown, signal: unknown): string {
  return JSON.stringify([exporter, signal]);
}
