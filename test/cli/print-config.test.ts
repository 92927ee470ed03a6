import { describe, expect, it } from 'vitest';
import { cli, fileForTest } from './support.js';

const text = `
receivers:
  otlp: { protocols: { grpc: { endpoint: "127.0.0.1:0" }, http: } }
processors:
  batch: { timeout: 1m30s }
  memory_limiter: { check_interval: 1s, limit_mib: 512 }
exporters:
  otlp:
    endpoint: localhost:1
    tls: { insecure: true, key_pem: PRIVATE, cert_pem: PUBLIC }
    headers: { authorization: "Bearer PRIVATE", x-tenant: acme }
  otlphttp:
    endpoint: https://user:PRIVATE@localhost:1
    headers: [{ name: authorization, value: PRIVATE }]
  file: { path: "/tmp/\${env:NAME}" }
  debug:
extensions:
  health_check: { endpoint: "127.0.0.1:0" }
service:
  extensions: [health_check]
  pipelines:
    traces: { receivers: [otlp], processors: [memory_limiter, batch], exporters: [otlp, otlphttp, file, debug] }
`;

interface Printed {
  readonly [section: string]: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

async function printed(...more: readonly string[]): Promise<Printed> {
  const argv = ['print-config', '--config', fileForTest(text), '--format', 'json', ...more];
  const { code, stdout, stderr } = await cli(argv, { env: { NAME: 'traces.json' } });
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as Printed;
}

describe('print-config', () => {
  it('prints what was written, substituted, with the defaults in the form in which one writes them', async () => {
    const { processors, exporters, receivers } = await printed();
    expect(processors?.['batch']).toEqual({
      timeout: '1m30s',
      send_batch_size: 8192,
      send_batch_max_size: 0,
      metadata_keys: [],
      metadata_cardinality_limit: 1000,
      send_batch_size_bytes: 0,
      max_held_bytes: 67_108_864,
      wait_for_result: false,
    });
    expect(processors?.['memory_limiter']).toMatchObject({ min_gc_interval_when_soft_limited: '10s' });
    expect(exporters?.['file']).toMatchObject({ path: '/tmp/traces.json', flush_interval: '1s' });
    expect(exporters?.['debug']).toMatchObject({ verbosity: 'basic', sending_queue: { enabled: false } });
    expect(exporters?.['otlp']).toMatchObject({ retry_on_failure: { max_elapsed_time: '5m' } });
    expect(receivers?.['otlp']).toMatchObject({ protocols: { http: { endpoint: 'localhost:4318' } } });
  });

  it('has the telemetry of the command line', async () => {
    const { service } = await printed();
    const prometheus = { host: 'localhost', port: 8888, without_units: true };
    expect(service?.['telemetry']).toMatchObject({
      logs: { level: 'info', encoding: 'console', sampling: { tick: '10s' } },
      metrics: { level: 'normal', readers: [{ pull: { exporter: { prometheus } } }] },
    });
  });

  it('leaves out defaults that a schema refuses where they are written', async () => {
    const { extensions } = await printed();
    expect(extensions?.['health_check']).toHaveProperty('check_collector_pipeline');
    expect(extensions?.['health_check']).not.toHaveProperty('component_health');
  });

  it('has what a schema derives from other keys, and text where text was wanted', async () => {
    const { exporters } = await printed('--set', 'exporters.otlp.sending_queue.batch={}');
    expect(exporters?.['otlp']).toMatchObject({
      sending_queue: { sizer: 'requests', batch: { sizer: 'items', min_size: 8192 } },
    });
    const shard = await printed('--mode', 'unredacted', '--set', 'exporters.otlp.headers={x-shard: 007}');
    expect(shard['exporters']?.['otlp']).toMatchObject({ headers: { 'x-shard': '007' } });
  });

  it.each(['yaml', 'json'])('escapes what would be a reference, as %s', async (format) => {
    const path = '/tmp/$${env:NAME}/5$$/$HOME';
    const argv = ['print-config', '--format', format, '--config', fileForTest(text)];
    const { stdout } = await cli([...argv, '--set', `exporters.file.path=${path}`], { env: {} });
    expect(stdout).toContain('/tmp/$${env:NAME}/5$$/$$HOME');
  });

  it('shows no secret', async () => {
    const { exporters } = await printed();
    expect(JSON.stringify(exporters)).not.toContain('PRIVATE');
    expect(exporters?.['otlp']).toMatchObject({
      tls: { insecure: true, key_pem: '[REDACTED]', cert_pem: '[REDACTED]' },
      headers: { authorization: '[REDACTED]', 'x-tenant': '[REDACTED]' },
    });
    expect(exporters?.['otlphttp']).toMatchObject({
      endpoint: 'https://user:[REDACTED]@localhost:1',
      headers: { authorization: '[REDACTED]' },
    });
  });

  it('shows them to who asks', async () => {
    const { exporters } = await printed('--mode', 'unredacted');
    expect(exporters?.['otlp']).toMatchObject({ tls: { key_pem: 'PRIVATE' } });
    expect(exporters?.['otlphttp']).toMatchObject({ endpoint: 'https://user:PRIVATE@localhost:1' });
  });

  it('prints YAML that is a configuration again, and comes to the same', async () => {
    const env = { NAME: 'traces.json' };
    const argv = ['print-config', '--mode', 'unredacted', '--config'];
    const first = await cli([...argv, fileForTest(text)], { env });
    const second = await cli([...argv, fileForTest(first.stdout)], { env });
    expect(second).toEqual(first);
    expect(await cli(['validate', '--config', fileForTest(first.stdout)])).toMatchObject({ code: 0 });
  });

  it('refuses a configuration with errors, unless it is told not to look', async () => {
    const file = fileForTest(text.replace('timeout', 'timout'));
    const refused = await cli(['print-config', '--config', file]);
    expect([refused.code, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toContain('error[unknown-key]: processors.batch.timout');
    const shown = await cli(['print-initial-config', '--config', file, '--validate=false']);
    expect([shown.code, shown.stderr]).toEqual([0, '']);
    expect(shown.stdout).toContain('    timout: 1m30s\n');
  });
});
