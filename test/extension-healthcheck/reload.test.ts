import { createCollector, type CollectorOptions } from '@tributary/collector';
import { nopExporter } from '@tributary/exporter-nop';
import { healthCheck } from '@tributary/extension-healthcheck';
import { memoryExporter, testReceiver } from '@tributary/testkit';
import { defineExporter } from '@tributary/component';
import { z } from 'zod';
import { expect, it, onTestFinished } from 'vitest';
import { get } from './support.js';

let end = (): void => {};
/** Ends when the test says so. */
const slow = defineExporter({
  type: 'slow',
  config: z.strictObject({}),
  traces: () => ({
    consume() {},
    shutdown: () => new Promise<void>((resolve) => (end = resolve)),
  }),
});

it('tells of what there is after a reload, and of no outage while it goes on', async () => {
  const source = testReceiver();
  const options = (traces: ReturnType<typeof memoryExporter>, more = false): CollectorOptions => ({
    extensions: [healthCheck({ use_v2: true, http: { endpoint: '127.0.0.1:0', status: { verbose: true } } })],
    pipelines: {
      traces: { receivers: [source], exporters: [traces] },
      ...(more && { 'traces/more': { receivers: [source], exporters: [nopExporter()] } }),
    },
  });
  const logger = { debug() {}, info() {}, warn() {}, error() {} };
  const { extensions } = options(memoryExporter());
  const collector = createCollector({
    extensions: extensions!,
    pipelines: { traces: { receivers: [source], exporters: [slow()] } },
    runtime: { logger },
  });
  onTestFinished(() => collector.shutdown());
  await collector.start();
  const address = collector.addresses()['health_check']!['http']!;
  const names = async (): Promise<unknown> => {
    const { status, body } = await get(address, '/status');
    const { components } = body as {
      components: Record<string, { components: Record<string, unknown> }>;
    };
    return [
      status,
      ...Object.entries(components).map(([scope, of]) => [scope, ...Object.keys(of.components).sort()]),
    ];
  };
  const extension = ['extensions', 'extension:health_check'];
  expect(await names()).toEqual([200, extension, ['pipeline:traces', 'exporter:slow', 'receiver:test']]);

  const other = memoryExporter();
  const reload = collector.reload(options(other, true));
  await expect
    .poll(names)
    .toEqual([
      200,
      extension,
      ['pipeline:traces', 'exporter:memory', 'receiver:test'],
      ['pipeline:traces/more', 'exporter:nop', 'receiver:test'],
    ]);
  end();
  await reload;
  expect(await names()).toEqual([
    200,
    extension,
    ['pipeline:traces', 'exporter:memory', 'receiver:test'],
    ['pipeline:traces/more', 'exporter:nop', 'receiver:test'],
  ]);

  await collector.reload(options(other));
  expect(await names()).toEqual([200, extension, ['pipeline:traces', 'exporter:memory', 'receiver:test']]);
});
