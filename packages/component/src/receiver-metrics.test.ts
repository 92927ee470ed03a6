import { createNoopMeter, type Attributes, type MetricOptions } from '@opentelemetry/api';
import { expect, it } from 'vitest';
import { receiverMetrics } from './receiver-metrics.js';

function recording(): { readonly meter: ReturnType<typeof createNoopMeter>; readonly added: unknown[][] } {
  const added: unknown[][] = [];
  const meter = Object.assign(Object.create(createNoopMeter()) as ReturnType<typeof createNoopMeter>, {
    createCounter: (name: string, options?: MetricOptions) => ({
      add: (value: number, attributes?: Attributes) =>
        void added.push([name, options?.unit, value, attributes]),
    }),
  });
  return { meter, added };
}

it.each([
  ['traces', 'spans', '{span}'],
  ['metrics', 'metric_points', '{datapoint}'],
  ['logs', 'log_records', '{record}'],
  ['profiles', 'profile_samples', '{sample}'],
] as const)('the metrics of %s all appear with the first request', (signal, items, unit) => {
  const { meter, added } = recording();
  const attributes = { transport: 'udp' };
  receiverMetrics(meter, signal, 'udp').ended(3, 0);
  expect(added).toEqual([
    [`otelcol_receiver_accepted_${items}`, unit, 3, attributes],
    [`otelcol_receiver_refused_${items}`, unit, 0, attributes],
    [`otelcol_receiver_failed_${items}`, unit, 0, attributes],
  ]);
});

it('later requests add what there is to add, empty ones nothing', () => {
  const { meter, added } = recording();
  const metrics = receiverMetrics(meter, 'traces', 'grpc');
  metrics.ended(0, 0);
  expect(added).toEqual([]);
  metrics.ended(1, 0);
  added.length = 0;
  metrics.ended(0, 0);
  metrics.ended(2, 0);
  metrics.ended(0, 4);
  metrics.ended(5, 6);
  expect(added.map(([name, , value]) => [name, value])).toEqual([
    ['otelcol_receiver_accepted_spans', 2],
    ['otelcol_receiver_refused_spans', 4],
    ['otelcol_receiver_accepted_spans', 5],
    ['otelcol_receiver_refused_spans', 6],
  ]);
});
