import { availableParallelism } from 'node:os';
import { ConfigError, type ConfigProblem, type Logger } from '@tributary/component';
import { Alarm } from './alarm.js';
import { Answers, type Answer } from './answers.js';
import { createReporter } from './balance-report.js';
import { Books, type Balance, type EdgeFilter } from './books.js';
import { build } from './build.js';
import type { TapListener } from './edge.js';
import { createEvents, type EventSource } from './events.js';
import { plan } from './graph.js';
import type { Surroundings } from './instance.js';
import { HeldBytes } from './ledger.js';
import { defaultGraceMs, Lifecycle } from './lifecycle.js';
import { Memory } from './memory.js';
import type { CollectorOptions } from './pipelines.js';
import { Reloader } from './reload.js';
import { answerPage, privatePage } from './telemetry/page.js';
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
   * Puts other pipelines in the place of those that run. What is the same in both (the same object, or equal kind,
   * id and completed config) runs on, with its listeners, its data and its books; what is new is made and started;
   * then every way leads to where it now leads, at once; and what is gone is shut down from the front, so that it
   * drains, while the new pipelines run already. Resolves when that has ended.
   *
   * Nothing changes where the options are wrong, or a new component cannot be made or does not start: then it
   * rejects with the reason, and what ran before runs on. Calls wait for those before them.
   *
   * @throws ConfigError with everything that is wrong; Error that names a component; Error before the start and
   *   after the shutdown
   */
  reload(
    options: CollectorOptions,
    how?: {
      /** Time for what is shut down, in milliseconds; as that of `shutdown`. Default 25,000. */
      readonly graceMs?: number;
    },
  ): Promise<void>;
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
  /**
   * Asks the components about a topic, such as `why`, what `tail_sampling` answers. Those that have nothing to say
   * are left out; nobody is there where there are none. Over HTTP it is `GET /<topic>?…`, beside `/balance`.
   */
  ask(topic: string, query?: Readonly<Record<string, string>>): Promise<readonly Answer[]>;
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
  const answers = new Answers();
  const telemetry = createTelemetry({
    settings,
    overrides: options.runtime ?? {},
    buildInfo,
    addresses,
    pages: [
      privatePage('/balance', () => {
        alarm.look();
        return report();
      }),
      answerPage(answers),
    ],
  });
  const { runtime } = telemetry;
  const books = new Books();
  const alarm = new Alarm(books, runtime);
  const report = createReporter(books, telemetry.meters, buildInfo, runtime.clock);
  const events = createEvents(runtime.logger);
  const surroundings: Surroundings = {
    runtime,
    events,
    heldBytes: new HeldBytes(),
    memory: new Memory(runtime.fs),
    answers,
    listeners: new Set(),
    telemetry,
    extensions: new WeakMap(),
    dropLogs: new Set(),
    watchers: new Watchers(),
    // Components report from their start on, which is the lifecycle's.
    onFatal: (error, status) => lifecycle.fail(error, status),
  };
  const graph = build(planned, books, surroundings);
  for (const { status } of graph.instances) surroundings.watchers.show(status);
  registerFigures(telemetry.meters, books, alarm, runtime.clock);
  const lifecycle = new Lifecycle(graph.instances, runtime, {
    async onStarting() {
      await telemetry.part.start();
      const { command, version } = buildInfo;
      runtime.logger.info(`Starting ${command}...`, { Version: version, NumCPU: availableParallelism() });
    },
    onReady(isReady) {
      if (isReady) alarm.start();
      surroundings.watchers.setReady(isReady);
    },
    onStopped() {
      alarm.stop();
      addresses.clear();
      answers.end();
      surroundings.listeners.clear();
      for (const log of surroundings.dropLogs) log.flush();
    },
    onEnd: (grace) => telemetry.part.shutdown(grace),
  });

  surroundings.memory.askAmong(function* () {
    for (const { component } of reloader.instances) yield component;
  });
  const reloader = new Reloader({
    first: options,
    telemetry: settings,
    graph,
    books,
    surroundings,
    lifecycle,
  });

  return {
    events,
    logger: runtime.logger,
    start: () => lifecycle.start(),
    shutdown: ({ graceMs = defaultGraceMs } = {}) => lifecycle.shutdown(graceMs),
    reload: (next, { graceMs = defaultGraceMs } = {}) => reloader.reload(next, graceMs),
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
    addresses() {
      const all: Record<string, Record<string, string>> = {};
      const add = (id: string, listeners: ReadonlyMap<string, string>): void => {
        all[id] = { ...all[id], ...Object.fromEntries(listeners) };
      };
      for (const { id, addresses: bound } of surroundings.listeners) add(id, bound);
      for (const [id, bound] of addresses) add(id, bound);
      return all;
    },
    balance: () => books.balance(),
    ask: (topic, query = {}) => answers.ask(topic, new URLSearchParams(query)),
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
