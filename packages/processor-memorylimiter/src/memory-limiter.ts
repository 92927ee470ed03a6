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
import { createCounts } from './metrics.js';

function createGuard<S extends Signal>(
  { meter, next, shared: limiter }: ProcessorSettings<Completed, S, Limiter>,
  signal: S,
): Component & Consumer<S> {
  const counts = createCounts(meter, signal);
  return {
    consume(batch, context) {
      const items = batch.itemCount;
      const bytes = batch.byteLength;
      const refusal = limiter.enter(bytes);
      if (refusal !== undefined) {
        counts.refused(items);
        throw new ConsumeError('refused', 'data refused due to high memory usage', refusal);
      }
      counts.accepted(items);
      const outcome = next.consume(batch, context);
      return outcome === undefined ? undefined : limiter.hold(bytes, outcome);
    },
    admit: (bytes) => limiter.refusal ?? next.admit?.(bytes) ?? limiter.admit(bytes),
  };
}

/** A {@link memoryLimiter} of another machine than this, for tests and simulations. */
export function createMemoryLimiter(machine: Machine): ProcessorFactory<MemoryLimiterConfig, Signal> {
  return defineProcessor({
    type: 'memory_limiter',
    stability: 'beta',
    config: schema,
    shared: (settings) => createLimiter(settings, machine),
    traces: (settings) => createGuard(settings, 'traces'),
    metrics: (settings) => createGuard(settings, 'metrics'),
    logs: (settings) => createGuard(settings, 'logs'),
    profiles: (settings) => createGuard(settings, 'profiles'),
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
