import { Logs } from './logs.js';
import { Metrics } from './metrics.js';
import { Profiles } from './profiles.js';
import type { BatchFactory, Signal } from './telemetry.js';
import { Traces } from './traces.js';

const factories: { readonly [S in Signal]: BatchFactory<S> } = {
  traces: Traces,
  metrics: Metrics,
  logs: Logs,
  profiles: Profiles,
};

/** `Traces`, `Metrics`, `Logs` or `Profiles`, for code that serves every signal. */
export function batchFactory<S extends Signal>(signal: S): BatchFactory<S> {
  return factories[signal];
}
