// For users.
export { createCollector, type Collector } from './collector.js';
export type { CollectorOptions, Pipeline, Pipelines } from './pipelines.js';
export type { BuildInfo } from './telemetry/resource.js';
export type * from './config.js';
export type { CollectorEvents, DroppedEvent, EventSource, ReloadEvent } from './events.js';
export type { Status, StatusEvent, StatusSubject } from '@tributary/component';
export type { TapListener } from './edge.js';

// The books.
export type { Balance, BalanceLine, EdgeFilter, EdgeLine } from './books.js';
export { imbalances } from './imbalance.js';
export type { BalanceReport, ReportedLine, ReportedQueue } from './balance-report.js';

// For loaders.
export { checkPipelines, type GraphProblem } from './graph.js';
export { telemetrySchema } from './telemetry/schema.js';

// The outside world.
export { collectLater } from './collect-later.js';
export { systemRuntime } from './runtime.js';
export { createLogger, type LogLevel } from './logger.js';
export {
  virtualClock,
  type PendingTimer,
  type VirtualClock,
  type VirtualClockOptions,
} from './virtual-clock.js';
