import { ConfigError, declarationOf, definitionOf } from '@tributary/component';
import { compressionProblem } from '@tributary/transport';
import { describe, expect, it } from 'vitest';
import type { OtlpExporterSettings } from './config.js';
import { otlpExporter } from './index.js';

function completed(config: object): OtlpExporterSettings {
  return declarationOf(otlpExporter(config as never)).config as OtlpExporterSettings;
}

/** What is wrong with a config, below `exporters.otlp_grpc`. */
function problemsOf(config: object): string[] {
  try {
    otlpExporter(config as never);
  } catch (error) {
    if (!ConfigError.is(error)) throw error;
    return error.problems.map(({ path, message }) => `${path.slice(2).join('.')}: ${message}`);
  }
  return [];
}

const endpoint = 'localhost:4317';

it('is known as otlp_grpc and otlp, for all signals', () => {
  expect(definitionOf(otlpExporter)).toMatchObject({ type: 'otlp_grpc', aliases: ['otlp'] });
  expect(otlpExporter.signals).toEqual(['traces', 'metrics', 'logs', 'profiles']);
});

describe('a complete config', () => {
  it('has the defaults of the Collector', () => {
    expect(completed({ endpoint })).toMatchObject({
      endpoint,
      tls: { insecure: false, insecure_skip_verify: false },
      compression: 'gzip',
      headers: {},
      user_agent: '',
      wait_for_ready: false,
      balancer_name: 'round_robin',
      authority: '',
      timeout: 5000,
      retry_on_failure: {
        enabled: true,
        initial_interval: 5000,
        max_interval: 30_000,
        max_elapsed_time: 300_000,
      },
      sending_queue: { enabled: true, sizer: 'requests', queue_size: 1000, num_consumers: 10 },
    });
    expect(completed({ endpoint }).keepalive).toBeUndefined();
  });

  it('has the defaults of pings, where they are wanted at all', () => {
    expect(completed({ endpoint, keepalive: {} }).keepalive).toEqual({
      time: 10_000,
      timeout: 10_000,
      permit_without_stream: false,
    });
  });

  it.each([null, { enabled: false, time: '1s' }])('has no pings where keepalive is %j', (keepalive) => {
    expect(completed({ endpoint, keepalive }).keepalive).toBeUndefined();
  });

  it.each([
    'collector:4317',
    'https://collector:4317',
    'unix:///run/otlp.sock',
    'dns:///collector:4317',
    '[::1]:4317',
  ])('takes the endpoint %s', (text) => {
    expect(problemsOf({ endpoint: text })).toEqual([]);
  });

  it.each(['gzip', 'snappy', 'none', ''])('takes the compression "%s"', (compression) => {
    expect(problemsOf({ endpoint, compression })).toEqual([]);
  });

  it('takes every key', () => {
    const config = {
      endpoint,
      tls: { insecure: true },
      compression: 'none',
      headers: { authorization: 'Bearer x', 'X-Scope.Org_ID': 'a', 'trace-bin': 'Grüße' },
      user_agent: 'me/1',
      keepalive: { time: '1s', timeout: '2s', permit_without_stream: true },
      wait_for_ready: true,
      balancer_name: 'pick_first',
      authority: 'other',
      timeout: '1s',
      retry_on_failure: { enabled: false },
      sending_queue: { enabled: false },
    };
    expect(completed(config)).toMatchObject({
      ...config,
      keepalive: { time: 1000, timeout: 2000, permit_without_stream: true },
      timeout: 1000,
    });
  });
});

describe('a mistake', () => {
  const notYet = 'is not supported yet by this component';

  it.each<[object, string]>([
    [{}, 'endpoint: requires a non-empty "endpoint"'],
    [{ endpoint: '' }, 'endpoint: requires a non-empty "endpoint"'],
    [{ endpoint: 4317 }, 'endpoint: must be a string, got 4317'],
    [{ endpoint: 'localhost' }, 'endpoint: address localhost: missing port in address'],
    [{ endpoint: 'localhost:http' }, 'endpoint: invalid port "http"'],
    [{ endpoint: 'unix://' }, 'endpoint: unix socket path cannot be empty'],
    [{ endpoint, compression: 'brotli' }, 'compression: unsupported compression type "brotli"'],
    [{ endpoint, balancer_name: 'grpclb' }, 'balancer_name: invalid balancer_name: grpclb'],
    [
      { endpoint, tls: { cert_file: 'a' } },
      'tls: TLS configuration must include both certificate and key (CertFile/CertPem and KeyFile/KeyPem)',
    ],
    [{ endpoint, timeout: '-1s' }, 'timeout: must not be negative, got "-1s"'],
    [{ endpoint, insecure: true }, 'insecure: unknown key'],
    [{ endpoint, sending_queu: {} }, 'sending_queu: unknown key; did you mean sending_queue?'],
    ...['read_buffer_size', 'write_buffer_size'].map((key): [object, string] => [
      { endpoint, [key]: -1 },
      `${key}: invalid ${key} value: -1`,
    ]),
    ...['auth', 'middlewares'].map((key): [object, string] => [{ endpoint, [key]: 1 }, `${key}: ${notYet}`]),
  ])('%j is told', (config, problem) => {
    expect(problemsOf(config)).toEqual([problem]);
  });

  const zstdProblem = compressionProblem('zstd');
  it.skipIf(zstdProblem === undefined)('in the choice of Node is told: zstd', () => {
    expect(problemsOf({ endpoint, compression: 'zstd' })).toEqual([`compression: ${zstdProblem}`]);
  });

  it('takes headers as a list, too', () => {
    const headers = [{ name: 'a', value: '1' }];
    expect(completed({ endpoint, headers }).headers).toEqual({ a: '1' });
  });

  it.each([
    [{ 'bad name': 'secret' }, 'headers.bad name: is no name of gRPC metadata: letters, digits, _ . and -'],
    [{ token: 'secret\n' }, 'headers.token: gRPC metadata is printable ASCII'],
  ])('in headers is told without the value', (headers, problem) => {
    expect(problemsOf({ endpoint, headers })).toEqual([problem]);
  });
});
