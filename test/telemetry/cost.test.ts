import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

/** The packages that a program has loaded once its collector runs. */
function loadedWith(telemetry: string): string[] {
  const program = `
    import { Module } from 'node:module';
    import { createCollector } from '@tributary/collector';
    import { defineExporter, defineReceiver } from '@tributary/component';
    import { z } from 'zod';
    const config = z.strictObject({});
    const from = defineReceiver({ type: 'from', config, traces: () => ({}) });
    const to = defineExporter({ type: 'to', config, traces: () => ({ consume() {} }) });
    const collector = createCollector({
      telemetry: ${telemetry},
      pipelines: { traces: { receivers: [from()], exporters: [to()] } },
    });
    await collector.start();
    console.log(Object.keys(Module._cache).join('\\n'));
    await collector.shutdown();
  `;
  const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
    timeout: 30_000,
  });
  expect(status).toBe(0);
  const names = stdout.matchAll(/node_modules\/((?:@[^/]+\/)?[^/]+)\//g);
  return [...new Set(Array.from(names, ([, name]) => name!))];
}

it('who reads no figures loads neither the SDK nor servers', () => {
  const loaded = loadedWith(`{ logs: { output_paths: ['stderr'] }, metrics: { level: 'detailed' } }`);
  expect(loaded).toContain('@opentelemetry/api');
  for (const name of ['@opentelemetry/sdk-metrics', '@opentelemetry/otlp-transformer', '@grpc/grpc-js']) {
    expect(loaded).not.toContain(name);
  }
});

it('who reads them does', () => {
  const reader = `{ pull: { exporter: { prometheus: { host: '127.0.0.1', port: 0 } } } }`;
  expect(loadedWith(`{ metrics: { readers: [${reader}] } }`)).toContain('@opentelemetry/sdk-metrics');
});
