import { ConfigError, declarationOf, definitionOf } from '@tributary/component';
import { compressionProblem } from '@tributary/transport';
import { describe, expect, it } from 'vitest';
import type { OtlpHttpExporterSettings } from './config.js';
import { otlpHttpExporter } from './index.js';

function completed(config: object): OtlpHttpExporterSettings {
  return declarationOf(otlpHttpExporter(config)).config as OtlpHttpExporterSettings;
}

/** What is wrong with a config, below `exporters.otlp_http`. */
function problemsOf(config: object): string[] {
  try {
    otlpHttpExporter(config);
  } catch (error) {
    if (!ConfigError.is(error)) throw error;
    return error.problems.map(({ path, message }) => `${path.slice(2).join('.') || '(top)'}: ${message}`);
  }
  return [];
}

const endpoint = 'http://localhost:4318';
const sendsZstd = compressionProblem('zstd') === undefined;

it('is known as otlp_http and otlphttp, for all signals', () => {
  expect(definitionOf(otlpHttpExporter)).toMatchObject({ type: 'otlp_http', aliases: ['otlphttp'] });
  expect(otlpHttpExporter.signals).toEqual(['traces', 'metrics', 'logs', 'profiles']);
});

describe('a complete config', () => {
  it('has its defaults', () => {
    expect(completed({ endpoint })).toMatchObject({
      encoding: 'proto',
      compression: 'gzip',
      compression_params: { level: 0 },
      headers: {},
      tls: { insecure: false, insecure_skip_verify: false },
      proxy_url: '',
      max_idle_conns: 100,
      max_idle_conns_per_host: 0,
      max_conns_per_host: 0,
      idle_conn_timeout: 45_000,
      disable_keep_alives: false,
      force_attempt_http2: false,
      http2_read_idle_timeout: 0,
      http2_ping_timeout: 0,
      timeout: 30_000,
      retry_on_failure: {
        enabled: true,
        initial_interval: 5000,
        max_interval: 30_000,
        max_elapsed_time: 300_000,
      },
      sending_queue: { enabled: true, sizer: 'requests', queue_size: 1000, num_consumers: 10 },
    });
  });

  it.each(['http://host:4318/base', 'http://host:4318/base/'])(
    'adds the paths of the signals to %s',
    (url) => {
      expect(completed({ endpoint: url }).urls).toEqual({
        traces: 'http://host:4318/base/v1/traces',
        metrics: 'http://host:4318/base/v1/metrics',
        logs: 'http://host:4318/base/v1/logs',
        profiles: 'http://host:4318/base/v1development/profiles',
      });
    },
  );

  it('uses the URL of a signal as it is', () => {
    const config = { traces_endpoint: 'https://a/in', profiles_endpoint: 'https://b', logs_endpoint: '' };
    expect(completed(config).urls).toEqual({ traces: 'https://a/in', profiles: 'https://b' });
    expect(completed({ ...config, endpoint }).urls).toMatchObject({
      traces: 'https://a/in',
      logs: 'http://localhost:4318/v1/logs',
    });
  });

  it('takes every key', () => {
    const config = {
      endpoint,
      encoding: 'json',
      compression: 'zlib',
      compression_params: { level: 9 },
      headers: { authorization: 'Bearer x' },
      tls: { insecure_skip_verify: true },
      proxy_url: 'http://proxy:3128',
      max_idle_conns: 3,
      max_idle_conns_per_host: 2,
      max_conns_per_host: 4,
      idle_conn_timeout: '1s',
      disable_keep_alives: true,
      force_attempt_http2: true,
      http2_read_idle_timeout: '10s',
      http2_ping_timeout: '2s',
      timeout: '1s',
      retry_on_failure: { enabled: false },
      sending_queue: { enabled: false },
    };
    expect(completed(config)).toMatchObject({
      encoding: 'json',
      compression: 'zlib',
      compression_params: { level: 9 },
      headers: config.headers,
      tls: { insecure_skip_verify: true },
      proxy_url: 'http://proxy:3128',
      max_idle_conns: 3,
      max_idle_conns_per_host: 2,
      max_conns_per_host: 4,
      idle_conn_timeout: 1000,
      disable_keep_alives: true,
      force_attempt_http2: true,
      http2_read_idle_timeout: 10_000,
      http2_ping_timeout: 2000,
      timeout: 1000,
    });
  });

  it.each<[string, number]>([
    ['gzip', -1],
    ['gzip', 9],
    ['gzip', -2],
    ['zlib', 0],
    ['deflate', 1],
    ['snappy', 0],
    ['x-snappy-framed', 0],
    ['none', 0],
    ...(sendsZstd
      ? ([
          ['zstd', 19],
          ['zstd', -5],
        ] as [string, number][])
      : []),
  ])('takes %s at level %i', (compression, level) => {
    expect(problemsOf({ endpoint, compression, compression_params: { level } })).toEqual([]);
  });
});

describe('a mistake', () => {
  const notYet = 'is not supported yet by this component';

  it.each<[object, string]>([
    [{}, '(top): at least one endpoint must be specified'],
    [{ endpoint: '' }, '(top): at least one endpoint must be specified'],
    [{ endpoint: 'localhost:4318' }, 'endpoint: must be a valid URL that begins with http:// or https://'],
    [
      { traces_endpoint: 'ftp://x' },
      'traces_endpoint: must be a valid URL that begins with http:// or https://',
    ],
    [
      { endpoint, proxy_url: 'proxy:3128' },
      'proxy_url: must be a valid URL that begins with http:// or https://',
    ],
    [{ endpoint: 'http://' }, 'endpoint: must be a valid URL that begins with http:// or https://'],
    [{ endpoint, encoding: 'xml' }, 'encoding: invalid encoding type: xml'],
    [{ endpoint, compression: 'lz4' }, `compression: "lz4" ${notYet}`],
    [
      { endpoint, compression_params: { level: 10 } },
      'compression_params.level: unsupported parameters {Level:10} for compression type "gzip"',
    ],
    [
      { endpoint, compression: 'none', compression_params: { level: 1 } },
      'compression_params.level: unsupported parameters {Level:1} for compression type "none"',
    ],
    [
      { endpoint, compression: 'snappy', compression_params: { level: 1 } },
      'compression_params.level: unsupported parameters {Level:1} for compression type "snappy"',
    ],
    [
      { endpoint, http2_read_idle_timeout: '1s' },
      'http2_read_idle_timeout: has no effect without force_attempt_http2: true',
    ],
    [
      { endpoint, http2_ping_timeout: '1s' },
      'http2_ping_timeout: has no effect without force_attempt_http2: true',
    ],
    [{ endpoint, max_idle_conns: -1 }, 'max_idle_conns: must be at least 0, got -1'],
    [{ endpoint, timeout: '-1s' }, 'timeout: must not be negative, got "-1s"'],
    [{ endpoint, headrs: {} }, 'headrs: unknown key; did you mean headers?'],
    ...['read_buffer_size', 'write_buffer_size'].map((key): [object, string] => [
      { endpoint, [key]: -1 },
      `${key}: invalid ${key} value: -1`,
    ]),
    ...['cookies', 'auth', 'middlewares'].map((key): [object, string] => [
      { endpoint, [key]: 1 },
      `${key}: ${notYet}`,
    ]),
  ])('%j is told', (config, problem) => {
    expect(problemsOf(config)).toEqual([problem]);
  });

  it.skipIf(sendsZstd)('in the choice of Node is told: zstd', () => {
    const message = `compression "zstd" needs Node 22.15 or newer to send, this is ${process.versions.node}`;
    expect(problemsOf({ endpoint, compression: 'zstd' })).toEqual([`compression: ${message}`]);
  });

  it('takes headers as a list, too', () => {
    const headers = [{ name: 'a', value: '1' }];
    expect(completed({ endpoint, headers }).headers).toEqual({ a: '1' });
  });

  it.each([
    [{ 'bad name': 'secret' }, 'headers.bad name: is no name of an HTTP header'],
    [{ token: 'secret\n' }, 'headers.token: holds characters that no HTTP header may have'],
  ])('in headers is told without the value', (headers, problem) => {
    expect(problemsOf({ endpoint, headers })).toEqual([problem]);
  });
});
