import { completeConfig } from '@tributary/component';
import { describe, expect, it } from 'vitest';
import { schema, type HealthCheckConfig } from './config.js';

const complete = (config: HealthCheckConfig) =>
  completeConfig(schema, config, ['extensions', 'health_check']);

function problemsOf(config: unknown): string[] {
  try {
    complete(config as HealthCheckConfig);
    return [];
  } catch (error) {
    return (error as Error).message
      .split('\n')
      .map((line) => line.replace(/^extensions\.health_check(\.|: )/, ''));
  }
}

describe('what is written', () => {
  it('has the defaults of the Collector where it says nothing', () => {
    expect(complete({})).toEqual({
      endpoint: 'localhost:13133',
      transport: 'tcp',
      max_request_body_size: 20_971_520,
      response_headers: {},
      compression_algorithms: ['', 'gzip', 'zstd', 'zlib', 'snappy', 'deflate', 'x-snappy-framed'],
      read_timeout: 300_000,
      read_header_timeout: 60_000,
      write_timeout: 30_000,
      idle_timeout: 60_000,
      keep_alives_enabled: true,
      path: '/',
      check_collector_pipeline: { enabled: false, interval: 300_000, exporter_failure_threshold: 5 },
      use_v2: false,
      component_health: {
        include_permanent_errors: false,
        include_recoverable_errors: false,
        recovery_duration: 0,
      },
    });
  });

  it('serves with defaults what stands in YAML with nothing behind it', () => {
    expect(complete({ use_v2: true, http: null, grpc: null })).toMatchObject({
      http: {
        endpoint: 'localhost:13133',
        status: { enabled: true, path: '/status', verbose: false },
        config: { enabled: false, path: '/config' },
      },
      grpc: {
        endpoint: 'localhost:13132',
        transport: 'tcp',
        max_recv_msg_size_mib: 0,
        max_concurrent_streams: 0,
        keepalive: { enforcement_policy: { min_time: 0, permit_without_stream: false } },
      },
    });
  });

  it('has no TLS and no other origins where their sections are empty or off', () => {
    const { tls, cors } = complete({ tls: null, cors: null });
    expect([tls, cors]).toEqual([undefined, undefined]);
    const off = complete({ use_v2: true, grpc: { tls: null, keepalive: null } });
    expect([off.grpc?.tls, off.grpc?.keepalive.server_parameters.time]).toEqual([undefined, 0]);
  });

  it('may have its headers as a list', () => {
    const response_headers = [{ name: 'X-Served-By', value: 'agent' }];
    expect(complete({ response_headers }).response_headers).toEqual({ 'X-Served-By': 'agent' });
  });

  it('serves only what is named', () => {
    const { http, grpc } = complete({ use_v2: true, grpc: {} });
    expect([http, grpc?.endpoint]).toEqual([undefined, 'localhost:13132']);
  });
});

describe('what cannot be used', () => {
  it.each<[unknown, string]>([
    [{ endpoint: '' }, 'endpoint: bad config: endpoint must be specified'],
    [{ endpoint: 'localhost' }, 'endpoint: address localhost: missing port in address'],
    [{ endpoint: '', transport: 'unix' }, 'endpoint: bad config: endpoint must be specified'],
    [{ transport: 'udp' }, 'transport: "udp" is not supported yet by this component'],
    [{ path: 'health' }, 'path: bad config: path must start with /'],
    [{ path: '' }, 'path: bad config: path must start with /'],
    [{ pathh: '/' }, 'pathh: unknown key; did you mean path?'],
    [
      { check_collector_pipeline: { exporter_failure_threshold: 0 } },
      'check_collector_pipeline.exporter_failure_threshold: bad config: exporter_failure_threshold expects a positive number',
    ],
    [
      { check_collector_pipeline: { interval: 'soon' } },
      'check_collector_pipeline.interval: must be a duration such as "200ms" or "1m30s", got "soon"',
    ],
    [{ compression_algorithms: ['br'] }, 'compression_algorithms.0: unsupported compression type "br"'],
    [{ response_headers: { 'a b': 'x' } }, 'response_headers.a b: is no name of an HTTP header'],
    [{ use_v2: 'yes' }, 'use_v2: must be true or false, got a string'],
    ['yes', 'must be an object, got a string'],
    [{ use_v2: true }, 'must specify at least one protocol'],
    [{ use_v2: true, http: { endpoint: '' } }, 'http.endpoint: http endpoint required'],
    [{ use_v2: true, grpc: { endpoint: '' } }, 'grpc.endpoint: grpc endpoint required'],
    [{ use_v2: true, http: { status: { path: 'status' } } }, 'http.status.path: path must start with /'],
    [{ use_v2: true, http: { config: { path: 'config' } } }, 'http.config.path: path must start with /'],
    [
      { use_v2: true, http: { config: { enabled: true } } },
      'http.config.enabled: `true` is not supported yet by this component',
    ],
    [
      { use_v2: true, grpc: { max_recv_msg_size_mib: -1 } },
      'grpc.max_recv_msg_size_mib: invalid max_recv_msg_size_mib value, must be between 1 and 8796093022207: -1',
    ],
    [
      { use_v2: true, http: {}, component_health: { recovery_duration: '-1s' } },
      'component_health.recovery_duration: must not be negative, got "-1s"',
    ],
  ])('%j', (config, problem) => {
    expect(problemsOf(config)).toEqual([problem]);
  });

  it('refuses keys of the second version without `use_v2`, where they would have no effect', () => {
    expect(problemsOf({ http: {}, grpc: null, component_health: {} })).toEqual([
      'http: needs `use_v2: true`',
      'grpc: needs `use_v2: true`',
      'component_health: needs `use_v2: true`',
    ]);
  });

  it('refuses keys of the first version with `use_v2`, and names those that take their place', () => {
    const config = {
      use_v2: true,
      http: {},
      endpoint: 'localhost:1',
      tls: undefined,
      path: '/',
      response_body: {},
      check_collector_pipeline: {},
    };
    expect(problemsOf(config)).toEqual([
      'endpoint: has no effect with `use_v2: true`; use http.endpoint',
      'path: has no effect with `use_v2: true`; use http.status.path',
      'response_body: has no effect with `use_v2: true`',
      'check_collector_pipeline: has no effect with `use_v2: true`',
    ]);
  });

  const ofServers = ['dialer', 'auth', 'include_metadata', 'middlewares'].concat(
    ['reload_interval', 'tpm', 'client_ca_file_reload'].map((key) => `tls.${key}`),
  );
  it.each<[string, readonly string[]]>([
    ['', ofServers],
    ['http', [...ofServers, 'status.include_attributes']],
    ['grpc', [...ofServers, 'read_buffer_size', 'write_buffer_size']],
  ])('refuses by name what is not offered: %s', (section, keys) => {
    for (const key of keys) {
      const value = key.split('.').reduceRight<unknown>((below, name) => ({ [name]: below }), {});
      const config = section === '' ? value : { use_v2: true, [section]: value };
      const path = section === '' ? key : `${section}.${key}`;
      expect(problemsOf(config)).toContain(`${path}: is not supported yet by this component`);
    }
  });
});
