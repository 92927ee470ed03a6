import type { MeterProvider } from '@opentelemetry/api';
import { ConfigError, type Runtime } from '@tributary/component';
import type { TelemetryConfig, TelemetryMetricsLevel } from '../config.js';
import { createLogger } from '../logger.js';
import { Meters } from '../meter.js';
import { systemRuntime } from '../runtime.js';
import { Living } from './living.js';
import { createTelemetryLog, type TelemetryLog } from './log.js';
import type { Page } from './page.js';
import type { TelemetryPart } from './part.js';
import { resourceOf, type BuildInfo, type TelemetryResource } from './resource.js';
import { completeTelemetry } from './schema.js';
import type { LogProcessorSettings, TelemetrySettings } from './settings.js';

/** What a collector tells about itself: its log and its figures. */
export interface Telemetry {
  /** The outside world of the components. Its logger and meters are those of the telemetry. */
  readonly runtime: Runtime;
  readonly meters: Meters;
  /** Whose figures are told. */
  readonly living: Living;
  readonly level: TelemetryMetricsLevel;
  /** Started before all components, shut down after them: it tells of their end too. */
  readonly part: TelemetryPart;
}

/** What the telemetry is made of. */
export interface TelemetryOptions {
  readonly settings: TelemetrySettings;
  readonly overrides: Partial<Runtime>;
  readonly buildInfo: BuildInfo;
  /** By component id, then listener: where it tells what it bound. */
  readonly addresses: Map<string, Map<string, string>>;
  /** What a listener serves beside the figures. */
  readonly pages: readonly Page[];
}

/** Where the listeners of the telemetry stand in `collector.addresses()`: no component can have this id. */
const listenerId = 'service.telemetry';

/**
 * Checks and completes `service.telemetry`, for a program that brings its own parts of the outside world.
 *
 * @throws ConfigError
 */
export function telemetrySettings(
  config: TelemetryConfig | undefined,
  { meterProvider }: Partial<Runtime> = {},
): TelemetrySettings {
  const settings = completeTelemetry(config);
  const used = (['readers', 'views'] as const).filter((key) => settings.metrics[key].length > 0);
  if (meterProvider === undefined || used.length === 0) return settings;
  const message = 'cannot be used beside runtime.meterProvider, which gets all figures';
  throw new ConfigError(used.map((key) => ({ path: ['service', 'telemetry', 'metrics', key], message })));
}

/**
 * Puts the telemetry of a config around the runtime of a program. The runtime's logger, if there is one, gets the
 * lines in place of the outputs of `logs`.
 */
export function createTelemetry({
  settings,
  overrides,
  buildInfo,
  addresses,
  pages,
}: TelemetryOptions): Telemetry {
  const { level } = settings.metrics;
  const meters = new Meters(level, overrides.meterProvider);
  const living = new Living();
  const log =
    settings.logs &&
    createTelemetryLog(
      settings.logs,
      () => resource,
      () => world,
      overrides.logger,
    );
  const logger = log?.logger ?? overrides.logger ?? createLogger();
  const world = systemRuntime({ ...overrides, logger });
  const resource = resourceOf(settings.resource, buildInfo, world.random);
  const meterProvider: MeterProvider = { getMeter: (scope) => meters.meter(scope, {}) };
  return {
    runtime: { ...world, meterProvider },
    meters,
    living,
    level,
    part: telemetryPart({
      settings,
      resource,
      runtime: world,
      log,
      meters,
      living,
      pages,
      listening(listener, address) {
        addresses.set(
          listenerId,
          (addresses.get(listenerId) ?? new Map<string, string>()).set(listener, address),
        );
      },
    }),
  };
}

interface Parts {
  readonly settings: TelemetrySettings;
  readonly resource: TelemetryResource;
  readonly runtime: Runtime;
  readonly log: TelemetryLog | undefined;
  readonly meters: Meters;
  readonly living: Living;
  readonly pages: readonly Page[];
  readonly listening: (listener: string, address: string) => void;
}

/** Loads and starts what the config asks for, and nothing else: a collector that tells nothing pays nothing. */
function telemetryPart({
  settings,
  resource,
  runtime,
  log,
  meters,
  living,
  pages,
  listening,
}: Parts): TelemetryPart {
  const { logger } = runtime;
  const started: TelemetryPart[] = [];

  async function run(part: TelemetryPart): Promise<void> {
    started.push(part);
    await part.start();
  }

  async function startLog(made: TelemetryLog, processors: readonly LogProcessorSettings[]): Promise<void> {
    await run(made.outputs);
    if (processors.length === 0) return;
    const { createLogPush } = await import('./log-push.js');
    for (const processor of processors) {
      const push = createLogPush(processor, { ...runtime, logger: made.withoutCopies }, resource);
      made.listeners.add((entry) => push.add(entry));
      await run(push);
    }
  }

  return {
    async start() {
      if (log !== undefined) await startLog(log, settings.logs?.processors ?? []);
      if (settings.resource.isLegacy) {
        logger.warn(
          'Using legacy service.telemetry.resource inline map format; ' +
            'write its entries under service.telemetry.resource.attributes',
        );
      }
      const { level, readers } = settings.metrics;
      if (level === 'none') logger.info('Internal metrics telemetry disabled');
      else if (readers.length > 0) {
        const { createReaders } = await import('./readers.js');
        const made = await createReaders(settings.metrics, {
          runtime,
          resource,
          living,
          balance: settings.balance,
          pages,
          listening,
        });
        meters.bind(made.provider);
        await run(made);
      }
    },
    async shutdown(grace) {
      for (const part of started.splice(0).reverse()) {
        try {
          await part.shutdown(grace);
        } catch (error) {
          logger.error('could not be shut down', { error });
        }
      }
      meters.end();
    },
  };
}
