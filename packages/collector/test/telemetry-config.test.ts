import { readFileSync } from 'node:fs';
import { ConfigError } from '@tributary/component';
import { describe, expect, it } from 'vitest';
import { createCollector } from '../src/index.js';
import { completeTelemetry } from '../src/telemetry/schema.js';
import { defaultBuild } from '../src/telemetry/resource.js';
import { sink, source } from './support.js';

/** What is wrong with a config, below `service.telemetry`. */
function problemsOf(config: object): string[] {
  try {
    completeTelemetry(config);
  } catch (error) {
    if (!ConfigError.is(error)) throw error;
    return error.problems.map(
      ({ path, message }) => `${path.join('.').replace(/^service\.telemetry\./, '')}: ${message}`,
    );
  }
  return [];
}

const prometheus = { host: 'localhost', port: 8888 };
const pull = (more: object): object => ({
  metrics: { readers: [{ pull: { exporter: { prometheus: { ...prometheus, ...more } } } }] },
});
const periodic = (otlp: object, more: object = {}): object => ({
  metrics: { readers: [{ periodic: { exporter: { otlp: { protocol: 'grpc', ...otlp } }, ...more } }] },
});
const toConsole = { exporter: { console: {} } };
const logLevels = 'debug, info, warn, error, dpanic, panic, fatal';

it('is complete without a word: nothing is logged by us, nothing is read', () => {
  expect(completeTelemetry(undefined)).toEqual({
    metrics: { level: 'normal', readers: [], views: [] },
    balance: {},
    resource: { attributes: {}, schemaUrl: undefined, isLegacy: false },
  });
});

describe('logs', () => {
  it('has the defaults of the Collector', () => {
    expect(completeTelemetry({ logs: {} }).logs).toEqual({
      level: 'info',
      development: false,
      encoding: 'console',
      disable_caller: false,
      disable_stacktrace: false,
      sampling: { enabled: true, tick: 10_000, initial: 10, thereafter: 100 },
      output_paths: ['stderr'],
      error_output_paths: ['stderr'],
      initial_fields: {},
      processors: [],
      disable_zap_resource: false,
    });
  });

  it('takes every key', () => {
    const logs = {
      level: 'DEBUG',
      development: true,
      encoding: 'json',
      disable_caller: true,
      disable_stacktrace: true,
      sampling: { enabled: false, tick: '1s', initial: 1, thereafter: 0 },
      output_paths: ['stdout', '/var/log/x.log', 'file:///var/log/y.log', 'relative.log'],
      error_output_paths: ['stderr'],
      initial_fields: { zone: 'a', more: { deep: [1] } },
      processors: [
        {
          batch: {
            schedule_delay: 1,
            export_timeout: 2,
            max_queue_size: 3,
            max_export_batch_size: 4,
            ...toConsole,
          },
        },
        { simple: { exporter: { console: null } } },
      ],
      disable_zap_resource: true,
    };
    expect(problemsOf({ logs })).toEqual([]);
    expect(completeTelemetry({ logs } as never).logs).toMatchObject({
      level: 'debug',
      processors: [
        {
          schedule_delay: 1,
          export_timeout: 2,
          max_queue_size: 3,
          max_export_batch_size: 4,
          otlp: undefined,
        },
        { schedule_delay: 0, max_export_batch_size: 1, otlp: undefined },
      ],
    });
  });

  it.each<[object, string]>([
    [{ level: 'trace' }, `logs.level: unrecognized level: "trace"; must be one of ${logLevels}`],
    [{ encoding: 'logfmt' }, 'logs.encoding: no encoder registered for name "logfmt"'],
    [{ output_paths: ['http://x'] }, 'logs.output_paths.0: no sink found for scheme "http"'],
    [
      { output_paths: ['file://host/x'] },
      'logs.output_paths.0: file URLs must leave host empty or use localhost',
    ],
    [{ output_paths: ['file:///x?y'] }, 'logs.output_paths.0: file URLs have neither query nor fragment'],
    [{ output_paths: [''] }, 'logs.output_paths.0: must not be empty'],
    [{ sampling: { tick: '-1s' } }, 'logs.sampling.tick: must not be negative, got "-1s"'],
    [{ sampling: { initial: -1 } }, 'logs.sampling.initial: must be at least 0, got -1'],
    [{ samplin: {} }, 'logs.samplin: unknown key; did you mean sampling?'],
    [{ processors: [{}] }, 'logs.processors.0: must have exactly one of batch, simple'],
    [
      { processors: [{ simple: { exporter: { console: {}, otlp: { protocol: 'grpc' } } } }] },
      'logs.processors.0.simple.exporter: must have exactly one of otlp, console',
    ],
  ])('%j is told', (logs, problem) => {
    expect(problemsOf({ logs })).toEqual([problem]);
  });
});

describe('metrics', () => {
  it('has the defaults of the Collector for a reader that says nothing else', () => {
    expect(completeTelemetry(pull({}) as never).metrics.readers).toEqual([
      {
        kind: 'prometheus',
        ...prometheus,
        without_scope_info: true,
        without_units: true,
        without_type_suffix: true,
      },
    ]);
    expect(completeTelemetry(periodic({}) as never).metrics.readers).toMatchObject([
      {
        kind: 'periodic',
        interval: 60_000,
        timeout: 30_000,
        otlp: {
          protocol: 'grpc',
          compression: 'none',
          timeout: 10_000,
          temporality_preference: 'cumulative',
        },
      },
    ]);
  });

  it('takes every key', () => {
    const labels = { included: ['service.*'], excluded: ['service.version'] };
    expect(
      problemsOf(
        pull({
          without_scope_info: false,
          without_units: false,
          without_type_suffix: false,
          with_resource_constant_labels: labels,
        }),
      ),
    ).toEqual([]);
    const otlp = {
      endpoint: 'https://backend:4317',
      headers: [{ name: 'authorization', value: 'Bearer x' }],
      headers_list: 'a=b, c=d%20e',
      compression: 'gzip',
      timeout: 0,
      certificate: 'ca.pem',
      client_certificate: 'cert.pem',
      client_key: 'key.pem',
      insecure: true,
      temporality_preference: 'lowmemory',
    };
    expect(problemsOf(periodic(otlp, { interval: 1, timeout: 2 }))).toEqual([]);
    expect(completeTelemetry(periodic(otlp) as never).metrics.readers).toMatchObject([
      { otlp: { headers: { authorization: 'Bearer x', a: 'b', c: 'd e' } } },
    ]);
  });

  it.each([
    ['grpc', {}, 'https://localhost:4317'],
    ['grpc', { insecure: true }, 'http://localhost:4317'],
    ['grpc', { endpoint: 'backend:1', insecure: true }, 'http://backend:1'],
    ['grpc', { endpoint: 'https://backend:1', insecure: true }, 'https://backend:1'],
    ['http/protobuf', {}, 'https://localhost:4318/v1/metrics'],
    ['http/protobuf', { endpoint: 'http://backend:1/' }, 'http://backend:1/v1/metrics'],
    ['http/protobuf', { endpoint: 'http://backend:1/otlp' }, 'http://backend:1/otlp'],
  ])('%s with %j goes to %s', (protocol, otlp, endpoint) => {
    expect(completeTelemetry(periodic({ protocol, ...otlp }) as never).metrics.readers).toMatchObject([
      { otlp: { endpoint } },
    ]);
  });

  it('knows its levels in any case', () => {
    expect(completeTelemetry({ metrics: { level: 'DETAILED' as 'detailed' } }).metrics.level).toBe(
      'detailed',
    );
  });

  const inReader = 'metrics.readers.0';
  const inOtlp = `${inReader}.periodic.exporter.otlp`;
  it.each<[object, string]>([
    [
      { metrics: { level: 'all' } },
      'metrics.level: unknown metrics level "all"; must be one of none, basic, normal, detailed',
    ],
    [
      { metrics: { readers: [] } },
      'metrics.readers: collector telemetry metrics reader should exist when metric level is not none',
    ],
    [{ metrics: { address: ':8888' } }, 'metrics.address: unknown key'],
    [
      { metrics: { views: [{ selector: { unit: 's' }, stream: {} }] } },
      'metrics.views: can only be set when service.telemetry.metrics.level is detailed',
    ],
    ...(
      [
        [{ selector: {}, stream: {} }, 'selector: must have at least one key'],
        [
          { selector: { instrument_name: 'a*' }, stream: { name: 'b' } },
          'stream.name: needs a selector with the instrument_name of one instrument',
        ],
        [
          { selector: { unit: 's' }, stream: { aggregation: { drop: {}, sum: {} } } },
          'stream.aggregation: must have exactly one of default, drop, last_value, sum, explicit_bucket_histogram',
        ],
      ] as const
    ).map(([view, problem]): [object, string] => [
      { metrics: { level: 'detailed', views: [view] } },
      `metrics.views.0.${problem}`,
    ]),
    [{ metrics: { readers: [{}] } }, `${inReader}: must have exactly one of pull, periodic`],
    [pull({ host: undefined }), `${inReader}.pull.exporter.prometheus.host: host must be specified`],
    [pull({ port: undefined }), `${inReader}.pull.exporter.prometheus.port: port must be specified`],
    [pull({ port: 65_536 }), `${inReader}.pull.exporter.prometheus.port: must be at most 65535, got 65536`],
    [
      { metrics: { readers: [{ pull: { producers: [], exporter: { prometheus } } }] } },
      `${inReader}.pull.producers: is not supported: metrics come from this collector alone`,
    ],
    [periodic({ protocol: undefined }), `${inOtlp}.protocol: protocol must be specified`],
    [periodic({ protocol: 'http/json' }), `${inOtlp}.protocol: unsupported protocol "http/json"`],
    [periodic({ endpoint: '' }), `${inOtlp}.endpoint: must be host:port or a URL`],
    [periodic({ compression: 'zstd' }), `${inOtlp}.compression: unsupported compression "zstd"`],
    [
      periodic({ temporality_preference: 'deltas' }),
      `${inOtlp}.temporality_preference: unsupported temporality preference "deltas"`,
    ],
    [
      periodic({ client_key: 'key.pem' }),
      `${inOtlp}: client_certificate and client_key must be given together`,
    ],
    [
      periodic({ default_histogram_aggregation: 'base2_exponential_bucket_histogram' }),
      `${inOtlp}.default_histogram_aggregation: is not supported: histograms have the buckets that their instrument asks for`,
    ],
    [periodic({}, { interval: 0 }), `${inReader}.periodic.interval: must be at least 1, got 0`],
  ])('%j is told', (config, problem) => {
    expect(problemsOf(config)).toEqual([problem]);
  });

  it('no value of a header stands in a message', () => {
    for (const headers of ['s3cret', [{ name: 'bad name', value: 's3cret' }], { authorization: 's3cret' }]) {
      const problems = problemsOf(periodic({ headers }));
      expect(problems).toHaveLength(1);
      expect(problems[0]).not.toContain('s3cret');
    }
    expect(problemsOf(periodic({ headers_list: 's3cret' }))).toEqual([
      `${inOtlp}.headers_list: must be name=value pairs, separated by commas`,
    ]);
  });
});

describe('resource', () => {
  it('can be a section', () => {
    const attributes = [
      { name: 'service.name', value: 'mine' },
      { name: 'flags', value: [true, false], type: 'bool_array' as const },
    ];
    expect(completeTelemetry({ resource: { attributes, schema_url: 'https://x' } }).resource).toEqual({
      attributes: { 'service.name': 'mine', flags: [true, false] },
      schemaUrl: 'https://x',
      isLegacy: false,
    });
  });

  it('can be the older map, where null takes a default away', () => {
    expect(completeTelemetry({ resource: { team: 'x', 'service.version': null } }).resource).toEqual({
      attributes: { team: 'x', 'service.version': null },
      schemaUrl: undefined,
      isLegacy: true,
    });
  });

  it.each<[object, string]>([
    [{ team: 1 }, 'resource.team: legacy resource attribute "team" must be string or null'],
    [
      { team: 'x', attributes: [] },
      'resource: attributes cannot be used together with legacy inline resource attributes',
    ],
    [
      { attributes_list: 'a=b' },
      'resource.attributes_list: is not currently supported, please use attributes',
    ],
    [
      { 'detection/development': {} },
      'resource.detection/development: is not supported: nothing is detected',
    ],
    [
      { attributes: [{ name: 'a', value: 'x', type: 'int' }] },
      'resource.attributes.0.value: is not of type int',
    ],
    [
      { attributes: [{ name: 'a', value: 1.5, type: 'int' }] },
      'resource.attributes.0.value: is not of type int',
    ],
    [{ attributes: [{ name: 'a' }] }, 'resource.attributes.0.value: is required'],
    [{ attributes: [{ nam: 'a', value: 'x' }] }, 'resource.attributes.0.name: is required'],
  ])('%j is told', (resource, problem) => {
    expect(problemsOf({ resource })[0]).toBe(problem);
  });
});

it('the version of the resource is that of the package', () => {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  expect(defaultBuild.version).toBe(manifest.version);
});

it('traces are refused by name', () => {
  expect(problemsOf({ traces: { level: 'basic' } })).toEqual([
    'traces: is not supported: no spans are made about the collector itself',
  ]);
});

it('a collector tells what is wrong with telemetry and pipelines together', () => {
  const pipelines = { traces: { receivers: [source()], exporters: [] } };
  expect(() => createCollector({ telemetry: { logs: { level: 'x' as 'info' } }, pipelines })).toThrow(
    `service.telemetry.logs.level: unrecognized level: "x"; must be one of ${logLevels}\n` +
      'service.pipelines.traces: must have at least one exporter',
  );
  expect(() =>
    createCollector({ pipelines: { traces: { receivers: [source()], exporters: [sink()] } } }),
  ).not.toThrow();
});
