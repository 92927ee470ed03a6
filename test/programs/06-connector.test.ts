import { createCollector } from '@tributary/collector';
import { Traces } from '@tributary/pdata';
import { memoryExporter, testReceiver, virtualClock } from '@tributary/testkit';
import { expect, it } from 'vitest';
import { errorCount } from './06-connector.js';
import { started } from './support.js';

it('a connector from spans to metrics', async () => {
  const clock = virtualClock();
  const [source, sink, errors] = [testReceiver(), memoryExporter(), errorCount()];
  await started(
    createCollector({
      runtime: { clock },
      pipelines: {
        traces: { receivers: [source], exporters: [errors] },
        metrics: { receivers: [errors], exporters: [sink] },
      },
    }),
  );
  const traces = Traces.create();
  const scope = traces.addResourceSpans().addScope();
  for (const name of ['pay', 'pay', 'ship']) scope.add({ name, status: { code: 'error' } });
  scope.add({ name: 'browse' });
  await source.send(traces);
  await clock.advance('1m');
  expect(sink.metrics.map(({ name, sum }) => [name, [...(sum?.dataPoints() ?? [])][0]?.asInt])).toEqual([
    ['errors.pay', 2n],
    ['errors.ship', 1n],
  ]);
});
