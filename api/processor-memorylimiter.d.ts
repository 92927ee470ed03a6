// @tributary/processor-memorylimiter: what the package exports, written by scripts/api.mjs.
import { Duration, ProcessorFactory, Signal } from '@tributary/component';

export interface Machine {
  memory(): MemoryUse;
  totalBytes(): number;
  collectGarbage(): (() => void) | undefined;
}
export interface MemoryLimiterConfig {
  readonly check_interval: Duration;
  readonly limit_mib?: number | undefined;
  readonly spike_limit_mib?: number | undefined;
  readonly limit_percentage?: number | undefined;
  readonly spike_limit_percentage?: number | undefined;
  readonly min_gc_interval_when_soft_limited?: Duration | undefined;
  readonly min_gc_interval_when_hard_limited?: Duration | undefined;
  readonly max_gc_interval_when_soft_limited?: Duration | undefined;
  readonly max_gc_interval_when_hard_limited?: Duration | undefined;
}
export interface MemoryUse {
  readonly usedBytes: number;
  readonly rssBytes: number;
}
export declare function createMemoryLimiter(machine: Machine): ProcessorFactory<MemoryLimiterConfig, Signal>;
export declare const memoryLimiter: ProcessorFactory<MemoryLimiterConfig, Signal>;
