import type { Signal } from '@tributary/component';

const signals: readonly Signal[] = ['traces', 'metrics', 'logs', 'profiles'];

/** A record with a value for every signal. */
export function perSignal<T>(make: (signal: Signal) => T): Readonly<Record<Signal, T>> {
  return Object.fromEntries(signals.map((signal) => [signal, make(signal)])) as Record<Signal, T>;
}

const packages: Readonly<Record<Signal, string>> = {
  traces: 'trace.v1.TraceService',
  metrics: 'metrics.v1.MetricsService',
  logs: 'logs.v1.LogsService',
  profiles: 'profiles.v1development.ProfilesService',
};

/** The gRPC method of each signal. */
export const methodPaths: Readonly<Record<Signal, string>> = perSignal(
  (signal) => `/opentelemetry.proto.collector.${packages[signal]}/Export`,
);

/** The HTTP path of each signal. */
export const defaultPaths: Readonly<Record<Signal, string>> = {
  traces: '/v1/traces',
  metrics: '/v1/metrics',
  logs: '/v1/logs',
  profiles: '/v1development/profiles',
};
