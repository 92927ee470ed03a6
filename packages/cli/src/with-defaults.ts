import type { CollectorOptions, TelemetryMetricsConfig } from '@tributary/collector';
import type { CliOptions } from './cli.js';

/** What the Collector opens where nothing is said about its own figures. */
export const defaultReader = {
  pull: { exporter: { prometheus: { host: 'localhost', port: 8888 } } },
} as const;

/**
 * What the command line adds to a configuration: a log on stderr, figures for Prometheus at localhost:8888
 * where nothing is said about them, and the name of the program.
 */
export function withDefaults(loaded: CollectorOptions, { name, version }: CliOptions): CollectorOptions {
  const { logs = {}, metrics = {}, ...telemetry } = loaded.telemetry ?? {};
  return {
    ...loaded,
    buildInfo: { command: name, version },
    telemetry: { ...telemetry, logs, metrics: { ...metrics, readers: readersOf(metrics) } },
  };
}

function readersOf({
  level,
  readers,
}: TelemetryMetricsConfig): NonNullable<TelemetryMetricsConfig['readers']> {
  return readers ?? (String(level).toLowerCase() === 'none' ? [] : [defaultReader]);
}
