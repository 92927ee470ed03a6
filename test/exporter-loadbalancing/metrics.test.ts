import { expect, it, onTestFinished } from 'vitest';
import { measured } from '../support/measured.js';
import { moodyWorld, spansOf } from './moody-backends.js';

const traces = Array.from({ length: 60 }, (_, number) => number);

it('has the metrics of the Collector, of what is sent', async () => {
  const metrics = measured();
  const made = await moodyWorld(2, {}, { meterProvider: metrics.provider });
  onTestFinished(() => made.collector.shutdown({ graceMs: 0 }));
  made.backends[0]!.mood = 'dead';
  await made.source.send(spansOf(traces, 0, 0));
  await made.clock.advance(1000);
  made.name(1);
  const found = await metrics.collect('otelcol_loadbalancer_');
  const counts = new Map(
    found.map(({ name, attributes, value }) => {
      const { endpoint = '', success = '', resolver = '' } = attributes as Record<string, string>;
      const labels = [endpoint, success, resolver].filter((label) => label !== '').join(' ');
      return [`${name} ${labels}`, value];
    }),
  );
  expect(Object.fromEntries(counts)).toMatchObject({
    'backend_outcome gateway-0:4317 false': 1,
    'backend_outcome gateway-1:4317 true': 2,
    'num_backends told': 1,
    'num_backend_updates told': 2,
    'num_resolutions true told': 1,
  });
  expect([...counts.keys()]).toContain('backend_latency gateway-1:4317');
});

it('tells by endpoint what the queue of each backend sends', async () => {
  const metrics = measured();
  const made = await moodyWorld(2, {}, { meterProvider: metrics.provider });
  onTestFinished(() => made.collector.shutdown({ graceMs: 0 }));
  await made.source.send(spansOf(traces, 0, 0));
  await made.clock.advance(1000);
  const sent = (await metrics.collect('otelcol_exporter_sent_spans')).map(({ attributes, value }) => [
    attributes['endpoint'],
    value,
  ]);
  expect(Object.fromEntries(sent)).toEqual({
    'gateway-0:4317': made.backends[0]!.taken.length,
    'gateway-1:4317': made.backends[1]!.taken.length,
  });
});
