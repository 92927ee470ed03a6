import { availableParallelism } from 'node:os';
import { ConfigError, type ConfigProblem, type Logger } from '@tributary/component';
import { Books, type Balance, type EdgeFilter } from './books.js';
import { build } from './build.js';
import type { TapListener } from './edge.js';
import { createEvents, type EventSource } from './events.js';
import { plan } from './graph.js';
import type { Surroundings } from './instance.js';
import { HeldBytes } from './ledger.js';
import { defaultGraceMs, Lifecycle } from './lifecycle.js';
import type { CollectorOptions } from './pipelines.js';
import { createTelemetry, telemetrySettings } from './telemetry/telemetry.js';
import { registerFigures } from './telemetry/figures.js';
import { defaultBuild } from './telemetry/resource.js';
import { Watchers } from './watchers.js';

/** A running service, or one that may run: pipelines and the components in them. */
export interface Collector extends AsyncDisposable {
  /** Components that change their status, and items that are dropped. */
  readonly events: EventSource;
  /** The collector's own log, for the program that runs it. */
  readonly logger: Logger;
  /**
   * Resolves when every receiver takes data. On failure, what was made is shut down
   * first; the error names the component and keeps what it threw as `cause`. A
   * collector starts once; another call while it starts or runs gets the same promise.
   */
  start(): Promise<void>;
  /**
   * Shuts down from the receivers to the exporters, so that each drains into the
   * next. Safe before `start`, and twice. Resolves when everything has ended or was given
   * up; what went wrong is told by status events and the log.
   */
  shutdown(options?: {
    /**
     * Time for all of it, in milliseconds. Then `grace` aborts, and a component
     * that still does not end is left behind a second later. Default 25,000.
     */
    readonly graceMs?: number;
  }): Promise<void>;
  /**
   * Resolves when the collector has been shut down, whoever asked for it: with the error that ended it (a
   * component reported `fatal_error`, or did not start), or with undefined. Never rejects.
   */
  readonly stopped: Promise<Error | undefined>;
  /**
   * Shows every batch that passes the edges, before the next component has it, until the
   * returned function is called. Each batch is a clone.
   *
   * @throws RangeError if no edge agrees with the filter
   */
  tap(edge: EdgeFilter, listener: TapListener): () => void;
  /** Where the listeners are bound, by component id: `{ otlp: { grpc: '127.0.0.1:4317' } }`. */
  addresses(): Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** The books of this moment: where every item is that came in. */
  balance(): Balance;
}

/**
 * Makes a collector out of references; nothing runs before `start`.
 *
 * @throws ConfigError with everything that is wrong with the graph and the telemetry
 * @throws Error that names a component which could not be made
 */
export function createCollector(options: CollectorOptions): Collector {
  const problems: ConfigProblem[] = [];
  const settings = gather(problems, () => telemetrySettings(options.telemetry, options.runtime));
  const planned = gather(problems, () => plan(options));
  if (settings === undefined || planned === undefined) throw new ConfigError(problems);
  const buildInfo = { ...defaultBuild, ...options.buildInfo };
  const addresses = new Map<string, Map<string, string>>();
  const telemetry = createTelemetry({
    settings,
    overrides: options.runtime ?? {},
    buildInfo,
    addresses,
  });
  const { runtime } = telemetry;
  const books = new Books();
  const events = createEvents(runtime.logger);
  const surroundings: Surroundings = {
    runtime,
    events,
    heldBytes: new HeldBytes(),
    addresses,
    telemetry,
    extensions: new Map(),
    dropLogs: [],
    watchers: new Watchers(),
    // Components report from their start on, which is the lifecycle's.
    onFatal: (error) => lifecycle.fail(error),
  };
  const instances = build(planned, books, surroundings);
  registerFigures(telemetry.meters, books, runtime.clock);
  const lifecycle = new Lifecycle(instances, runtime, {
    async onStarting() {
      await telemetry.part.start();
      const { command, version } = buildInfo;
      runtime.logger.info(`Starting ${command}...`, { Version: version, NumCPU: availableParallelism() });
    },
    onReady: (isReady) => surroundings.watchers.setReady(isReady),
    onStopped() {
      addresses.clear();
      for (const log of surroundings.dropLogs) log.flush();
    },
    onEnd: (grace) => telemetry.part.shutdown(grace),
  });

  return {
    events,
    logger: runtime.logger,
    start: () => lifecycle.start(),
    shutdown: ({ graceMs = defaultGraceMs } = {}) => lifecycle.shutdown(graceMs),
    stopped: lifecycle.stopped,
    [Symbol.asyncDispose]: () => lifecycle.shutdown(defaultGraceMs),
    tap: (filter, listener) =>
      books.tap(filter, (batch, context, edge) => {
        try {
          listener(batch, context, edge);
        } catch (error) {
          runtime.logger.error('a tap threw', { error });
        }
      }),
    addresses: () =>
      Object.fromEntries([...addresses].map(([id, listeners]) => [id, Object.fromEntries(listeners)])),
    balance: () => books.balance(),
  };
}

/** What `check` makes, or undefined, and then what is wrong is among the problems. */
function gather<T>(problems: ConfigProblem[], check: () => T): T | undefined {
  try {
    return check();
  } catch (error) {
    if (!ConfigError.is(error)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}
