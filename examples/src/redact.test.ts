import { createCollector } from '@tributary/collector';
import { sampleTraces, memoryExporter, testReceiver } from '@tributary/testkit';
import { expect, it } from 'vitest';
import { redact } from './redact.js';

it('takes the keys out of every span', async () => {
  const source = testReceiver();
  const sink = memoryExporter();
  await using collector = createCollector({
    pipelines: { traces: { receivers: [source], processors: [redact()], exporters: [sink] } },
  });
  await collector.start();
  const traces = sampleTraces({ spans: 20 });
  for (const span of traces.spans()) span.attributes.set('user.email', 'a@example.com');
  await source.send(traces);
  expect(sink.spans).toHaveLength(20);
  expect(sink.spans.filter((span) => span.attributes.has('user.email'))).toEqual([]);
});
