import type { Duration } from '@tributary/component';
import type { DeliveryConfig } from '@tributary/delivery';
import type { BatchConfig } from '@tributary/processor-batch';
import type { Conditions } from './link.js';
import type { Death } from './network.js';
import { Random } from './random.js';

/** A program that sends items, each request until it is acknowledged or, if it is impatient, a few times. */
export interface ApplicationPlan {
  readonly name: string;
  readonly agent: string;
  readonly requests: number;
  readonly maxItems: number;
  readonly maxGapMs: number;
  readonly timeoutMs: number;
  readonly backoffMs: number;
  /** Attempts for one request. */
  readonly patience: number;
}

/** An agent or a gateway. */
export interface CollectorPlan {
  readonly name: string;
  /** Hosts, each of which gets everything. */
  readonly targets: readonly string[];
  readonly batch: BatchConfig | undefined;
  readonly delivery: DeliveryConfig;
}

/** Something happens to a process, and is over before the next thing does. */
export type Trouble = { readonly afterMs: number } & (
  | { readonly kind: 'kill'; readonly death: Death; readonly forMs: number }
  | { readonly kind: 'stop'; readonly graceMs: number; readonly forMs: number }
  | { readonly kind: 'memory is short'; readonly forMs: number }
);

/** How a backend behaves for a while. */
export type Mood = { readonly afterMs: number; readonly forMs: number } & (
  | { readonly kind: 'refuses'; readonly retryAfterMs: number | undefined }
  | { readonly kind: 'is slow'; readonly delayMs: number }
  | { readonly kind: 'stalls' }
  | { readonly kind: 'refuses for good' }
);

/** What happens to a link. */
export type Weather = { readonly afterMs: number; readonly forMs: number } & (
  | { readonly kind: 'cut' }
  | { readonly kind: 'silence' }
  | { readonly kind: 'storm'; readonly conditions: Conditions }
);

/** All that a seed decides. What it says of links and processes is by their names. */
export interface Plan {
  readonly seed: number;
  /** Callers wait for the outcome everywhere: nobody says yes before a backend has. */
  readonly waits: boolean;
  readonly applications: readonly ApplicationPlan[];
  readonly collectors: readonly CollectorPlan[];
  readonly backends: readonly string[];
  readonly troubles: ReadonlyMap<string, readonly Trouble[]>;
  readonly moods: ReadonlyMap<string, readonly Mood[]>;
  /** `latency` for each link, and what happens to it. */
  readonly links: readonly LinkPlan[];
}

export interface LinkPlan {
  readonly between: readonly [string, string];
  readonly conditions: Conditions;
  readonly weather: readonly Weather[];
}

/** How large a world is. */
export interface Size {
  readonly applications: number;
  readonly agents: number;
  readonly gateways: number;
  readonly backends: number;
}

/** Trouble begins within this time. */
const troubledMs = 60_000;

/** The plan of a seed, and with it all that will happen. */
export function planOf(seed: number, size?: Size): Plan {
  const random = new Random(seed);
  const waits = random.chance(0.5);
  const { applications, agents, gateways, backends } = size ?? {
    applications: random.between(2, 4),
    agents: random.between(1, 3),
    gateways: random.between(1, 2),
    backends: random.between(1, 2),
  };
  const backendNames = names('backend', backends);
  const gatewayPlans = names('gateway', gateways).map((name) =>
    collectorPlan(random, name, random.chance(0.3) ? backendNames : [random.pick(backendNames)], waits),
  );
  const agentPlans = names('agent', agents).map((name) =>
    collectorPlan(random, name, [random.pick(gatewayPlans).name], waits),
  );
  const collectors = [...agentPlans, ...gatewayPlans];
  const applicationPlans = names('application', applications).map((name) => ({
    name,
    agent: random.pick(agentPlans).name,
    requests: random.between(5, 25),
    maxItems: random.between(1, 8),
    maxGapMs: random.pick([100, 1_000, 4_000]),
    // Longer than all takes while nothing is wrong, or it would never end.
    timeoutMs: waits ? random.between(8_000, 20_000) : random.between(2_000, 8_000),
    backoffMs: random.between(100, 2_000),
    patience: random.chance(0.2) ? 3 : Infinity,
  }));
  const isPicky = random.chance(0.15);
  const pairs = [
    ...applicationPlans.map(({ name, agent }) => [name, agent] as const),
    ...collectors.flatMap(({ name, targets }) => targets.map((target) => [name, target] as const)),
  ];
  return {
    seed,
    waits,
    applications: applicationPlans,
    collectors,
    backends: backendNames,
    troubles: new Map(
      [...collectors.map(({ name }) => name), ...backendNames].map((name) => [
        name,
        sequence(random, () => troubleOf(random)),
      ]),
    ),
    moods: new Map(backendNames.map((name) => [name, sequence(random, () => moodOf(random, isPicky))])),
    links: pairs.map((between) => ({
      between,
      conditions: calm(random),
      weather: sequence(random, () => weatherOf(random)),
    })),
  };
}

function names(kind: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${kind}-${i + 1}`);
}

function collectorPlan(
  random: Random,
  name: string,
  targets: readonly string[],
  waits: boolean,
): CollectorPlan {
  const size = random.pick([0, 8, 64]);
  return {
    name,
    targets,
    batch: random.chance(0.75)
      ? {
          timeout: `${random.pick([0, 50, 200, 500])}ms`,
          send_batch_size: size,
          send_batch_max_size: random.chance(0.5) ? 0 : Math.max(4, size + random.between(0, 8)),
          // Room for a few batches, or for all.
          max_held_bytes: random.pick([8_000, 1 << 20]),
          wait_for_result: waits,
        }
      : undefined,
    delivery: {
      timeout: `${random.between(1, 5)}s`,
      retry_on_failure: {
        enabled: true,
        initial_interval: `${random.between(100, 1_000)}ms`,
        max_interval: `${random.between(1, 5)}s`,
        max_elapsed_time: random.pick<Duration>(['0s', '0s', '0s', '20s']),
      },
      sending_queue: {
        enabled: random.chance(0.7),
        queue_size: random.pick([1, 4, 1_000]),
        num_consumers: random.between(1, 4),
        // Pieces of one request that a full queue refuses wait ever longer, and longer than callers do.
        block_on_overflow: waits || random.chance(0.3),
        wait_for_result: waits,
        batch: random.chance(0.3)
          ? { flush_timeout: '100ms', sizer: 'items', min_size: 8, max_size: random.pick([0, 16]) }
          : undefined,
      },
    },
  };
}

function calm(random: Random): Conditions {
  const minMs = random.between(0, 20);
  return { minMs, maxMs: minMs + random.between(0, 20), loss: 0, breaks: 0 };
}

/** Things one after the other, as many as begin in time. */
function sequence<T extends { readonly afterMs: number; readonly forMs: number }>(
  random: Random,
  make: () => T,
): readonly T[] {
  const things: T[] = [];
  // Half of all are left alone.
  if (random.chance(0.5)) return things;
  for (let atMs = 0; ;) {
    const thing = make();
    atMs += thing.afterMs + thing.forMs;
    if (atMs > troubledMs) return things;
    things.push(thing);
  }
}

function when(random: Random, maxForMs: number): { readonly afterMs: number; readonly forMs: number } {
  return { afterMs: random.between(500, 20_000), forMs: random.between(0, maxForMs) };
}

function troubleOf(random: Random): Trouble & { readonly forMs: number } {
  const times = when(random, 10_000);
  switch (random.pick(['kill', 'kill', 'stop', 'memory is short'] as const)) {
    case 'kill':
      return { ...times, kind: 'kill', death: random.pick<Death>(['process', 'machine']) };
    case 'stop':
      return { ...times, kind: 'stop', graceMs: random.pick([0, 1_000, 10_000]) };
    case 'memory is short':
      return { ...times, kind: 'memory is short' };
  }
}

function moodOf(random: Random, isPicky: boolean): Mood {
  const times = when(random, 15_000);
  switch (
    random.pick([
      'refuses',
      'is slow',
      'stalls',
      ...(isPicky ? (['refuses for good'] as const) : []),
    ] as const)
  ) {
    case 'refuses':
      return { ...times, kind: 'refuses', retryAfterMs: random.pick([undefined, 300, 3_000]) };
    case 'is slow':
      return { ...times, kind: 'is slow', delayMs: random.between(50, 3_000) };
    case 'stalls':
      return { ...times, kind: 'stalls' };
    case 'refuses for good':
      return { ...times, kind: 'refuses for good' };
  }
}

function weatherOf(random: Random): Weather {
  const times = when(random, 10_000);
  switch (random.pick(['cut', 'silence', 'storm'] as const)) {
    case 'cut':
      return { ...times, kind: 'cut' };
    case 'silence':
      return { ...times, kind: 'silence' };
    case 'storm':
      return {
        ...times,
        kind: 'storm',
        conditions: {
          minMs: random.between(0, 200),
          maxMs: random.between(200, 2_000),
          loss: random.pick([0, 0.1, 0.5]),
          breaks: random.pick([0, 0.1, 0.3]),
        },
      };
  }
}
