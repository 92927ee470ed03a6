import {
  ConsumeError,
  defineConnector,
  type Component,
  type ConnectorFactory,
  type ConnectorSettings,
  type Consumer,
  type Signal,
} from '@tributary/component';
import { z } from 'zod';
import type { ForwardConfig } from './config.js';

function createForward<S extends Signal>({
  next,
}: ConnectorSettings<ForwardConfig, S>): Component & Consumer<S> {
  return {
    // No `async`: a `next` that answers at once costs no promise.
    consume(batch, context) {
      try {
        return next.consume(batch, context)?.catch(answer);
      } catch (error) {
        answer(error);
      }
    },
    admit: (bytes) => next.admit?.(bytes),
  };
}

/**
 * Makes the next one's refusal our own. An error that is merely let through loses its `rejected` part at
 * the edge, since that speaks to the direct caller alone. Here it is of what our own caller handed over,
 * for nothing was changed on the way.
 */
function answer(error: unknown): never {
  if (!ConsumeError.is(error) || error.rejected === undefined) throw error;
  const { kind, message, cause, retryAfterMs, rejected, status, tooLarge } = error;
  throw new ConsumeError(kind, message, { cause, retryAfterMs, rejected, status, tooLarge });
}

/**
 * Passes telemetry of the pipelines that export to it on to those that receive from it, as it is.
 *
 * @example
 * const joined = forward();
 * createCollector({
 *   pipelines: {
 *     'traces/web': { receivers: [web], processors: [redact()], exporters: [joined] },
 *     'traces/backend': { receivers: [otlp], exporters: [joined] },
 *     traces: { receivers: [joined], processors: [batch()], exporters: [backend] },
 *   },
 * });
 */
export const forward: ConnectorFactory<ForwardConfig, Signal, Signal> = defineConnector({
  type: 'forward',
  stability: 'beta',
  config: z.strictObject({}),
  traces: { traces: (settings) => createForward(settings) },
  metrics: { metrics: (settings) => createForward(settings) },
  logs: { logs: (settings) => createForward(settings) },
  profiles: { profiles: (settings) => createForward(settings) },
});
