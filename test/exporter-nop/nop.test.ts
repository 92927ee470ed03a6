import { createCollector } from '@tributary/collector';
import { nopExporter } from '@tributary/exporter-nop';
import { sampleLogs, testReceiver } from '@tributary/testkit';
import { expect, it } from 'vitest';

it('takes what comes, and the books say so', async () => {
  const source = testReceiver();
  await using collector = createCollector({
    pipelines: { logs: { receivers: [source], exporters: [nopExporter()] } },
  });
  await collector.start();
  await source.send(sampleLogs({ records: 7 }));
  const line = collector.balance().components.find(({ component }) => component === 'nop');
  expect(line).toMatchObject({ received: 7, passed: 7, held: 0 });
});

it('has no options, and serves all signals', () => {
  expect(() => nopExporter({ verbosity: 'basic' } as never)).toThrow('exporters.nop.verbosity: unknown key');
  expect(nopExporter.signals).toEqual(['traces', 'metrics', 'logs', 'profiles']);
});
