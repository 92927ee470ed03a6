import { ConfigError, declarationOf, type ConfigProblem } from '@tributary/component';
import { describe, expect, it } from 'vitest';
import type { OtlpReceiverSettings } from './config.js';
import { otlpReceiver } from './index.js';

function completed(config: unknown): OtlpReceiverSettings {
  return declarationOf(otlpReceiver(config as never)).config as OtlpReceiverSettings;
}

/** What is wrong with a config, below `receivers.otlp`. */
function problemsOf(config: unknown): string[] {
  try {
    otlpReceiver(config as never);
  } catch (error) {
    if (!ConfigError.is(error)) throw error;
    return error.problems.map(
      ({ path, message }: ConfigProblem) => `${path.slice(2).join('.') || '(top)'}: ${message}`,
    );
  }
  return [];
}

const tls = { cert_file: 'cert.pem', key_file: 'key.pem' };

describe('a complete config', () => {
  it('serves only the protocols that are named', () => {
    const { protocols, ...rest } = completed({ protocols: { grpc: {} } });
    expect(protocols.http).toBeUndefined();
    expect(rest).toEqual({ repair_utf8: true, max_request_items: 1_000_000 });
  });

  it('has the defaults of gRPC', () => {
    expect(completed({ protocols: { grpc: {} } }).protocols.grpc).toEqual({
      endpoint: 'localhost:4317',
      transport: 'tcp',
      dialer: { timeout: 0 },
      max_recv_msg_size_mib: 0,
      max_concurrent_streams: 0,
      read_buffer_size: 0,
      write_buffer_size: 0,
      keepalive: {
        server_parameters: {
          max_connection_idle: 0,
          max_connection_age: 0,
          max_connection_age_grace: 0,
          time: 0,
          timeout: 0,
        },
        enforcement_policy: { min_time: 0, permit_without_stream: false },
      },
      include_metadata: false,
    });
  });

  it('has the defaults of HTTP', () => {
    expect(completed({ protocols: { http: {} } }).protocols.http).toEqual({
      endpoint: 'localhost:4318',
      transport: 'tcp',
      dialer: { timeout: 0 },
      traces_url_path: '/v1/traces',
      metrics_url_path: '/v1/metrics',
      logs_url_path: '/v1/logs',
      max_request_body_size: 20 * 2 ** 20,
      include_metadata: false,
      response_headers: {},
      compression_algorithms: ['', 'gzip', 'zstd', 'zlib', 'snappy', 'deflate', 'x-snappy-framed'],
      read_timeout: 300_000,
      read_header_timeout: 60_000,
      write_timeout: 30_000,
      idle_timeout: 60_000,
      keep_alives_enabled: true,
    });
  });

  it('starts a protocol that YAML names with nothing behind it', () => {
    const { grpc, http } = completed({ protocols: { grpc: null, http: null } }).protocols;
    expect([grpc?.endpoint, http?.endpoint]).toEqual(['localhost:4317', 'localhost:4318']);
  });

  it('has no protocol, TLS or cross-origin requests where their section is turned off', () => {
    const off = { enabled: false };
    const { grpc, http } = completed({
      protocols: { grpc: off, http: { tls: off, cors: { ...off, max_age: 'x' } } },
    }).protocols;
    expect([grpc, http?.tls, http?.cors]).toEqual([undefined, undefined, undefined]);
    const none = completed({ protocols: { http: { tls: null, cors: null } } }).protocols.http;
    expect([none?.tls, none?.cors]).toEqual([undefined, undefined]);
  });

  it.each([null, { enabled: false, server_parameters: { time: '1s' } }, { server_parameters: null }])(
    'has the defaults of the keepalive where it is %j',
    (keepalive) => {
      const { grpc } = completed({ protocols: { grpc: { keepalive } } }).protocols;
      expect(grpc).toEqual(completed({ protocols: { grpc: {} } }).protocols.grpc);
    },
  );

  it.each([
    ['/custom', '/custom'],
    ['custom/traces', '/custom/traces'],
    ['https://example.com/over/there?x=1', '/over/there'],
    ['', '/'],
  ])('takes the path of the URL %j', (text, path) => {
    expect(completed({ protocols: { http: { traces_url_path: text } } }).protocols.http).toMatchObject({
      traces_url_path: path,
    });
  });

  it('takes keys of its own beside those of every server', () => {
    const grpc = {
      endpoint: '/run/otlp.sock',
      transport: 'unix',
      tls,
      dialer: { timeout: '1s' },
      read_buffer_size: 524_288,
      write_buffer_size: 32_768,
      include_metadata: true,
    };
    const http = {
      endpoint: '[::1]:0',
      transport: 'tcp6',
      tls: { ...tls, client_ca_file: 'ca.pem', min_version: '1.3' },
      dialer: { timeout: '2s' },
      traces_url_path: '/t',
      metrics_url_path: '/m',
      logs_url_path: '/l',
      include_metadata: true,
    };
    const config = { protocols: { grpc, http }, repair_utf8: false, max_request_items: 5 };
    expect(completed(config)).toMatchObject({
      ...config,
      protocols: {
        grpc: { ...grpc, dialer: { timeout: 1000 } },
        http: { ...http, dialer: { timeout: 2000 } },
      },
    });
  });
});

describe('a mistake', () => {
  const none = 'protocols: must specify at least one protocol when using the OTLP receiver';
  const notYet = 'is not supported yet by this component';

  it.each<[object, string]>([
    [{}, 'protocols: is required'],
    [{ protocols: {} }, none],
    [{ protocols: { thrift: {}, grpc: {} } }, 'protocols.thrift: unknown key'],
    [{ protocols: { grpc: {} }, max_request_items: 0 }, 'max_request_items: must be at least 1, got 0'],
    [{ protocols: { grpc: {} }, repair_utf: true }, 'repair_utf: unknown key; did you mean repair_utf8?'],
  ])('%j is told', (config, problem) => {
    expect(problemsOf(config)).toEqual([problem]);
  });

  it.each<[object, string]>([
    [{ endpoint: 'localhost' }, 'endpoint: address localhost: missing port in address'],
    [{ endpoint: '', transport: 'unix' }, 'endpoint: unix socket path cannot be empty'],
    [{ endpont: 'x' }, 'endpont: unknown key; did you mean endpoint?'],
    ...['auth', 'middlewares'].map((key): [object, string] => [{ [key]: {} }, `${key}: ${notYet}`]),
    ...['read_buffer_size', 'write_buffer_size'].map((key): [object, string] => [
      { [key]: -1 },
      `${key}: invalid ${key} value: -1`,
    ]),
    [{ dialer: { timeout: '-1s' } }, 'dialer.timeout: must not be negative, got "-1s"'],
  ])('of gRPC, %j, is told', (grpc, problem) => {
    expect(problemsOf({ protocols: { grpc } })).toEqual([`protocols.grpc.${problem}`]);
  });

  it.each<[object, string]>([
    [{ endpoint: ':99999' }, 'endpoint: invalid port "99999"'],
    [
      { traces_url_path: 'http://:bad' },
      'traces_url_path: invalid HTTP URL path set for signal: http://:bad',
    ],
    [{ profiles_url_path: '/p' }, 'profiles_url_path: unknown key; did you mean traces_url_path?'],
    ...['auth', 'middlewares'].map((key): [object, string] => [{ [key]: null }, `${key}: ${notYet}`]),
  ])('of HTTP, %j, is told', (http, problem) => {
    expect(problemsOf({ protocols: { http } })).toEqual([`protocols.http.${problem}`]);
  });
});
