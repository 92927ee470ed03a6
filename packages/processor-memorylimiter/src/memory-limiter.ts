import {
  ConsumeError,
  defineProcessor,
  type Component,
  type Consumer,
  type ProcessorFactory,
  type ProcessorSettings,
  type Signal,
} from '@tributary/component';
import { schema, type Completed, type MemoryLimiterConfig } from './config.js';
import { createLimiter, type Limiter } from './limiter.js';
import { thisMachine, type Machine } from './machine.js';

function createGuard<S extends Signal>({
  config,
  next,
  shared: limiter,
}: ProcessorSettings<Completed, S, Limiter>): Component & Consumer<S> {
  // Nothing can be different before memory is measured again.
  const retryAfterMs = config.check_interval;
  return {
    consume(batch, context) {
      if (limiter.isRefusing) {
        throw new ConsumeError('refused', 'data refused due to high memory usage', { retryAfterMs });
      }
      return next.consume(batch, context);
    },
    admit: (bytes) => (limiter.isRefusing ? { retryAfterMs } : next.admit?.(bytes)),
  };
}

/** A {@link memoryLimiter} of another machine than this, for tests and simulations. */
export function createMemoryLimiter(machine: Machine): ProcessorFactory<MemoryLimiterConfig, Signal> {
  return defineProcessor({
    type: 'memory_limiter',
    stability: 'beta',
    config: schema,
    shared: (settings) => createLimiter(settings, machine),
    traces: (settings) => createGuard(settings),
    metrics: (settings) => createGuard(settings),
    logs: (settings) => createGuard(settings),
    profiles: (settings) => createGuard(settings),
  });
}

/**
 * Refuses data while the process uses more memory than it should, so that clients wait instead of the
 * process being killed. Put it first in each pipeline; one object may stand in all of them.
 *
 * @example
 * const guard = memoryLimiter({ check_interval: '1s', limit_mib: 2048 });
 */
export const memoryLimiter: ProcessorFactory<MemoryLimiterConfig, Signal> = createMemoryLimiter(thisMachine);
