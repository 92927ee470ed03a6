/**
 * What the engine costs a batch: a chain of processors that only pass on, against
 * the same functions called without edges.
 *
 *     node bench/dist/edges.js
 */
import { createCollector } from '@tributary/collector';
import {
  background,
  defineExporter,
  defineProcessor,
  defineReceiver,
  type Consumer,
} from '@tributary/component';
import { Traces } from '@tributary/pdata';
import { z } from 'zod';

const config = z.strictObject({});
const passOn = defineProcessor({
  type: 'pass',
  config,
  traces: ({ next }) => ({ consume: (traces, context) => next.consume(traces, context) }),
});
const sink = defineExporter({ type: 'sink', config, traces: () => ({ consume() {} }) });

/** The head of a collector with as many processors. */
async function chain(processors: number): Promise<Consumer<'traces'>> {
  let head: Consumer<'traces'> | undefined;
  const source = defineReceiver({
    type: 'source',
    config,
    traces: ({ next }) => {
      head = next;
      return {};
    },
  });
  const collector = createCollector({
    pipelines: {
      traces: {
        receivers: [source()],
        processors: Array.from({ length: processors }, () => passOn()),
        exporters: [sink()],
      },
    },
  });
  await collector.start();
  return head!;
}

const traces = Traces.create();
traces.addResourceSpans().addScope().add({ name: 'GET /' });
traces.settle();
const runs = 300_000;

/** Nanoseconds a batch, the cost of its clone included. */
function measure(consumer: Consumer<'traces'>): number {
  const start = process.hrtime.bigint();
  for (let i = 0; i < runs; i++) void consumer.consume(traces.clone(), background);
  return Number(process.hrtime.bigint() - start) / runs;
}

const short = await chain(0);
const long = await chain(10);
const rounds = Array.from({ length: 5 }, () => {
  const one = measure(short);
  return { one, edge: (measure(long) - one) / 10 };
});
const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;
process.stdout.write(
  `one edge and its clone: ${median(rounds.map(({ one }) => one)).toFixed(0)} ns; ` +
    `each further edge and processor: ${median(rounds.map(({ edge }) => edge)).toFixed(0)} ns\n`,
);
