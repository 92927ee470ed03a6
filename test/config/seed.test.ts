import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runCli } from '@tributary/cli';
import { declarationOf } from '@tributary/component';
import { loadConfig } from '@tributary/config';
import { expect, it } from 'vitest';
import { components } from './components.js';

const folder = fileURLToPath(new URL('fixtures/', import.meta.url));

/** What the command `validate` says of a configuration of the Collector's own documentation: code, keys, `file:line`. */
async function said(name: string): Promise<{ readonly code: number; readonly problems: readonly string[] }> {
  let stderr = '';
  const code = await runCli({
    name: 'acme',
    version: '1.0.0',
    components,
    argv: ['validate', '--config', `${folder}${name}.yaml`],
    env: { BACKEND_API_KEY: 'key' },
    stdout: { write: () => true },
    stderr: { write: (text: string) => (stderr += text) },
  });
  const problems = [
    ...stderr.matchAll(/([^/\s]+)\.yaml:(\d+):\d+: (?:error|warning)\[([a-z-]+)\]: ([^:\s]+): /g),
  ].map(([, file, line, kind, keys]) => `${kind} ${keys} ${file}:${line}`);
  return { code, problems };
}

it.each([
  // A warning: it has another processor before the limiter.
  ['agent', 0, ['traces', 'metrics', 'logs'].map((signal, i) => limiterLate(signal, 61 + 4 * i))],
  ['gateway', 1, ['unavailable-component exporters.prometheusremotewrite gateway:56']],
  ['agent-with-load-balancing', 0, []],
])('of %s, what there is not yet is named, and nothing else', async (name, code, problems) => {
  expect(await said(name)).toEqual({ code, problems });
});

function limiterLate(signal: string, line: number): string {
  return `memory-limiter-not-first service.pipelines.${signal}.processors.1 agent:${line}`;
}

it('what there is has all that it is told', async () => {
  const text = readFileSync(`${folder}agent.yaml`, 'utf8');
  const options = await loadConfig([`yaml:${text}`], { components, env: {} });
  const { receivers, processors = [], exporters } = options.pipelines.traces!;
  const measured = options.pipelines.metrics!.receivers.map(declarationOf);
  expect(measured.map(({ id, config }) => [id, config])).toContainEqual([
    'hostmetrics',
    expect.objectContaining({
      collection_interval: 30_000,
      scrapers: expect.objectContaining({
        cpu: expect.anything() as unknown,
        memory: expect.anything() as unknown,
        disk: expect.anything() as unknown,
        filesystem: expect.anything() as unknown,
        network: expect.anything() as unknown,
      }) as unknown,
    }),
  ]);
  const configs = [...receivers, ...processors, ...exporters].map((reference) => {
    const { id, config } = declarationOf(reference);
    return [id, config];
  });
  expect(Object.fromEntries(configs)).toMatchObject({
    otlp: {
      endpoint: 'otel-gateway:4317',
      tls: { insecure: false, ca_file: '/etc/ssl/certs/ca.crt' },
      retry_on_failure: {
        enabled: true,
        initial_interval: 5000,
        max_interval: 30_000,
        max_elapsed_time: 300_000,
      },
      sending_queue: { enabled: true, num_consumers: 2, queue_size: 5000 },
    },
    resourcedetection: { detectors: ['env', 'system', 'docker'], timeout: 5000 },
    memory_limiter: { check_interval: 1000, limit_mib: 512, spike_limit_mib: 128 },
    batch: { timeout: 1000, send_batch_size: 1024, send_batch_max_size: 2048 },
  });
  expect(configs).toContainEqual([
    'otlp',
    expect.objectContaining({
      protocols: {
        grpc: expect.objectContaining({ endpoint: '0.0.0.0:4317' }) as unknown,
        http: expect.objectContaining({ endpoint: '0.0.0.0:4318' }) as unknown,
      },
    }),
  ]);
});
