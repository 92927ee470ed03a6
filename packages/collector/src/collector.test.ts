import {
  background,
  defineExporter,
  defineProcessor,
  defineReceiver,
  type Consumer,
} from '@tributary/component';
import { Traces } from '@tributary/pdata';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { createCollector } from './index.js';

const config = z.strictObject({});

const source = defineReceiver({
  type: 'source',
  config,
  handle: () => {
    const link: { next?: Consumer<'traces'>; send: (t: Traces) => void | Promise<void> } = {
      send: (traces) => link.next!.consume(traces, background),
    };
    return link;
  },
  traces: ({ next, handle }) => {
    handle.next = next;
    return {};
  },
});
const sink = defineExporter({
  type: 'sink',
  config,
  handle: () => ({ names: [] as string[] }),
  traces: ({ handle }) => ({
    consume(traces) {
      for (const span of traces.spans()) handle.names.push(span.name);
    },
  }),
});
const dropHealth = defineProcessor({
  type: 'drophealth',
  config,
  traces: () => ({
    process(traces) {
      for (const span of traces.spans()) if (span.name === 'health') span.remove();
    },
  }),
});

function spans(...names: string[]): Traces {
  const traces = Traces.create();
  const scope = traces.addResourceSpans().addScope();
  for (const name of names) scope.add({ name });
  return traces;
}

it('takes what a receiver gives through a processor to an exporter', async () => {
  const from = source();
  const to = sink();
  await using collector = createCollector({
    pipelines: { traces: { receivers: [from], processors: [dropHealth()], exporters: [to] } },
  });
  await collector.start();
  await from.send(spans('GET /', 'health', 'POST /'));
  expect(to.names).toEqual(['GET /', 'POST /']);
});
