import { createCollector } from '@tributary/collector';
import { defineProcessor, duration } from '@tributary/component';
import { Traces } from '@tributary/pdata';
import { memoryExporter, testReceiver, virtualClock } from '@tributary/testkit';
import { expect, it } from 'vitest';
import { z } from 'zod';

const decide = defineProcessor({
  type: 'decide',
  config: z.strictObject({ decision_wait: duration().default(30_000) }),
  traces: ({ config, next, clock }) => ({
    consume(traces, context) {
      clock.after(config.decision_wait, () => void next.consume(traces, context.detached()));
    },
  }),
});

it('keeps slow traces after the decision wait', async () => {
  const clock = virtualClock(),
    source = testReceiver(),
    sink = memoryExporter();
  await using collector = createCollector({
    runtime: { clock },
    pipelines: {
      traces: {
        receivers: [source],
        processors: [decide({ decision_wait: '30s' })],
        exporters: [sink],
      },
    },
  });
  await collector.start();
  const traces = Traces.create();
  traces.addResourceSpans().addScope().add({ name: 'GET /' });
  await source.send(traces);
  expect(sink.spans).toHaveLength(0);
  await clock.advance('30s');
  expect(sink.spans[0]?.name).toBe('GET /');
});
