import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  checkServerEndpoint,
  grpcServerOptions,
  grpcServerShape,
  httpServerOptions,
  httpServerShape,
  type GrpcServerConfig,
  type GrpcServerSettings,
  type HttpServerConfig,
  type HttpServerSettings,
} from '../src/index.js';
import { problemsOf } from './config-problems.js';
import { testRuntime } from './helpers.js';

const endpoint = 'localhost:1';
const httpSchema: z.ZodType<HttpServerSettings, HttpServerConfig> = z
  .strictObject(httpServerShape({ endpoint }))
  .superRefine(checkServerEndpoint());
const grpcSchema: z.ZodType<GrpcServerSettings, GrpcServerConfig> = z
  .strictObject(grpcServerShape({ endpoint }))
  .superRefine(checkServerEndpoint());
const tls = { cert_file: 'cert.pem', key_file: 'key.pem' };
const notYet = 'is not supported yet by this component';

describe.each([
  { protocol: 'HTTP', schema: httpSchema },
  { protocol: 'gRPC', schema: grpcSchema },
])('the config of a server of $protocol', ({ schema }) => {
  it.each([null, { enabled: false }])('is plaintext where tls is %j', (off) => {
    expect(problemsOf(schema, { tls: off })).toEqual([]);
    expect((schema.parse({ tls: off }) as HttpServerSettings).tls).toBeUndefined();
  });

  it.each<[object, string]>([
    [{ endpoint: 'localhost' }, 'endpoint: address localhost: missing port in address'],
    [{ endpoint: 'localhost:x' }, 'endpoint: invalid port "x"'],
    [{ endpoint: ':99999' }, 'endpoint: invalid port "99999"'],
    [{ endpoint: '', transport: 'unix' }, 'endpoint: unix socket path cannot be empty'],
    [{ transport: 'ftp' }, 'transport: invalid transport type "ftp"'],
    [{ transport: 'udp' }, `transport: "udp" ${notYet}`],
    [{ tls: {} }, 'tls: TLS configuration must include both certificate and key for server connections'],
    [{ tls: { ...tls, client_ca_file_reload: true } }, `tls.client_ca_file_reload: ${notYet}`],
    [{ tls: { ...tls, cipher_suites: ['AES'] } }, 'tls: invalid TLS cipher suite: "AES"'],
    [{ endpont: 'x' }, 'endpont: unknown key; did you mean endpoint?'],
    ...['auth', 'dialer', 'include_metadata', 'middlewares'].map((key): [object, string] => [
      { [key]: {} },
      `${key}: ${notYet}`,
    ]),
  ])('refuses %j', (config, problem) => {
    expect(problemsOf(schema, config)).toEqual([problem]);
  });
});

describe('a component with a server', () => {
  it('says in its own words that an endpoint is missing', () => {
    const own = (missing?: string): z.ZodType =>
      z.strictObject(httpServerShape({ endpoint: '' })).superRefine(checkServerEndpoint(missing));
    expect(problemsOf(own('endpoint required'), {})).toEqual(['endpoint: endpoint required']);
    expect(problemsOf(own('endpoint required'), { endpoint: 'a' })).toEqual([
      'endpoint: address a: missing port in address',
    ]);
    expect(problemsOf(own(), {})).toEqual(['endpoint: address : missing port in address']);
  });

  it('may have a key that the others refuse', () => {
    const own = z.strictObject({ ...httpServerShape({ endpoint }), include_metadata: z.boolean() });
    expect(own.parse({ include_metadata: true }).include_metadata).toBe(true);
  });
});

describe('the config of a server of HTTP', () => {
  it('is that of the Collector, with limits of time', () => {
    expect(httpSchema.parse({})).toEqual({
      endpoint,
      transport: 'tcp',
      response_headers: {},
      max_request_body_size: 20_971_520,
      compression_algorithms: ['', 'gzip', 'zstd', 'zlib', 'snappy', 'deflate', 'x-snappy-framed'],
      read_timeout: 300_000,
      read_header_timeout: 60_000,
      write_timeout: 30_000,
      idle_timeout: 60_000,
      keep_alives_enabled: true,
    });
    expect(httpSchema.parse({ cors: {} }).cors).toEqual({
      allowed_origins: [],
      allowed_headers: [],
      exposed_headers: [],
      max_age: 0,
    });
  });

  it.each([null, { enabled: false, max_age: 'x' }])('lets no other origin in where cors is %j', (cors) => {
    expect(httpSchema.parse({ cors }).cors).toBeUndefined();
  });

  it.each([0, -1])('takes %i as the default size of a body', (max_request_body_size) => {
    expect(httpSchema.parse({ max_request_body_size }).max_request_body_size).toBe(20_971_520);
  });

  it.each<[object, string]>([
    [
      { compression_algorithms: ['brotli'] },
      'compression_algorithms.0: unsupported compression type "brotli"',
    ],
    [{ compression_algorithms: ['lz4'] }, `compression_algorithms.0: "lz4" ${notYet}`],
    [{ response_headers: { 'a b': 'x' } }, 'response_headers.a b: is no name of an HTTP header'],
    [{ read_timeout: '-1s' }, 'read_timeout: must not be negative, got "-1s"'],
    [{ max_request_body_size: 1.5 }, 'max_request_body_size: must be a whole number, got 1.5'],
  ])('refuses %j', (config, problem) => {
    expect(problemsOf(httpSchema, config)).toEqual([problem]);
  });

  it('becomes the options of the server, key for key', () => {
    const config = httpSchema.parse({
      endpoint: '/run/http.sock',
      transport: 'unix',
      tls,
      cors: {
        allowed_origins: ['https://*.example'],
        allowed_headers: ['x-a'],
        exposed_headers: ['x-b'],
        max_age: 60,
      },
      response_headers: { 'x-served-by': 'a' },
      max_request_body_size: 1000,
      compression_algorithms: ['', 'gzip'],
      read_timeout: '1s',
      read_header_timeout: '2s',
      write_timeout: '3s',
      idle_timeout: '4s',
      keep_alives_enabled: false,
    });
    const runtime = testRuntime();
    expect(httpServerOptions(config, runtime)).toEqual({
      runtime,
      endpoint: '/run/http.sock',
      transport: 'unix',
      tls,
      cors: {
        allowedOrigins: ['https://*.example'],
        allowedHeaders: ['x-a'],
        exposedHeaders: ['x-b'],
        maxAgeSeconds: 60,
      },
      responseHeaders: { 'x-served-by': 'a' },
      maxBodyBytes: 1000,
      compressionAlgorithms: ['', 'gzip'],
      requestTimeoutMs: 1000,
      headerTimeoutMs: 2000,
      writeTimeoutMs: 3000,
      idleTimeoutMs: 4000,
      keepAlives: false,
    });
    expect(runtime.lines).toEqual([]);
  });

  it('leaves it to the browser for how long it remembers a preflight', () => {
    const { cors } = httpServerOptions(httpSchema.parse({ cors: {} }), testRuntime());
    expect(cors?.maxAgeSeconds).toBeUndefined();
  });

  it('tells the log of headers for scripts of no origin', () => {
    const runtime = testRuntime();
    httpServerOptions(httpSchema.parse({ cors: { allowed_headers: ['x-a'] } }), runtime);
    expect(runtime.lines).toMatchObject([
      { level: 'warn', message: 'cors.allowed_headers has no effect without allowed_origins' },
    ]);
  });
});

describe('the config of a server of gRPC', () => {
  const { keepalive, ...others } = grpcSchema.parse({});
  const defaults = {
    server_parameters: {
      max_connection_idle: 0,
      max_connection_age: 0,
      max_connection_age_grace: 0,
      time: 0,
      timeout: 0,
    },
    enforcement_policy: { min_time: 0, permit_without_stream: false },
  };

  it('is that of the Collector', () => {
    expect(others).toEqual({
      endpoint,
      transport: 'tcp',
      max_recv_msg_size_mib: 0,
      max_concurrent_streams: 0,
    });
    expect(keepalive).toEqual(defaults);
  });

  it.each([
    null,
    { enabled: false, server_parameters: { time: '1s' } },
    { server_parameters: null, enforcement_policy: { enabled: false } },
  ])('has the defaults of the keepalive where it is %j', (off) => {
    expect(grpcSchema.parse({ keepalive: off }).keepalive).toEqual(defaults);
  });

  it.each<[object, string]>([
    [
      { max_recv_msg_size_mib: -1 },
      'max_recv_msg_size_mib: invalid max_recv_msg_size_mib value, must be between 1 and 8796093022207: -1',
    ],
    [{ max_concurrent_streams: -1 }, 'max_concurrent_streams: must be at least 0, got -1'],
    [
      { keepalive: { server_parameters: { time: '1' } } },
      'keepalive.server_parameters.time: must be a duration such as "200ms" or "1m30s", got "1"',
    ],
    [
      { keepalive: { enforcement_policy: { min_time: '5' } } },
      'keepalive.enforcement_policy.min_time: must be a duration such as "200ms" or "1m30s", got "5"',
    ],
    [{ read_buffer_size: 0 }, `read_buffer_size: ${notYet}`],
    [{ write_buffer_size: 0 }, `write_buffer_size: ${notYet}`],
  ])('refuses %j', (config, problem) => {
    expect(problemsOf(grpcSchema, config)).toEqual([problem]);
  });

  it('becomes the options of the server, key for key', () => {
    const runtime = testRuntime();
    const config = grpcSchema.parse({
      endpoint: 'localhost:2',
      transport: 'tcp4',
      tls,
      max_recv_msg_size_mib: 16,
      max_concurrent_streams: 10,
      keepalive: {
        server_parameters: {
          max_connection_idle: '1s',
          max_connection_age: '2s',
          max_connection_age_grace: '3s',
          time: '4s',
          timeout: '5s',
        },
        enforcement_policy: { min_time: '6s', permit_without_stream: true },
      },
    });
    expect(grpcServerOptions(config, runtime)).toEqual({
      runtime,
      endpoint: 'localhost:2',
      transport: 'tcp4',
      tls,
      maxMessageBytes: 16 << 20,
      maxConcurrentStreams: 10,
      keepalive: {
        maxConnectionIdleMs: 1000,
        maxConnectionAgeMs: 2000,
        maxConnectionAgeGraceMs: 3000,
        timeMs: 4000,
        timeoutMs: 5000,
        enforcement: { minTimeMs: 6000, permitWithoutStream: true },
      },
    });
  });

  it('leaves to the library what is 0, but for the pings, which are as in grpc-go', () => {
    const runtime = testRuntime();
    expect(grpcServerOptions(grpcSchema.parse({}), runtime)).toEqual({
      runtime,
      endpoint,
      transport: 'tcp',
      keepalive: { enforcement: { minTimeMs: 300_000, permitWithoutStream: false } },
    });
  });
});
