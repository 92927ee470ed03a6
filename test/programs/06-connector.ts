import { background, defineConnector } from '@tributary/component';
import { Metrics } from '@tributary/pdata';
import { z } from 'zod';

function countsToMetrics(counts: ReadonlyMap<string, number>): Metrics {
  const metrics = Metrics.create();
  const scope = metrics.addResourceMetrics().addScope();
  for (const [name, count] of counts) {
    scope.add({ name: `errors.${name}`, sum: { isMonotonic: true, dataPoints: [{ asInt: BigInt(count) }] } });
  }
  return metrics;
}

export const errorCount = defineConnector({
  type: 'errorcount',
  config: z.strictObject({}),
  traces: {
    metrics: ({ next, clock }) => {
      const counts = new Map<string, number>();
      const timer = clock.every(60_000, () => next.consume(countsToMetrics(counts), background));
      return {
        consume(traces) {
          for (const span of traces.spans())
            if (span.status.code === 'error') counts.set(span.name, (counts.get(span.name) ?? 0) + 1);
        },
        shutdown() {
          timer.stop();
        },
      };
    },
  },
});
