import { completeConfig, duration } from '@tributary/component';
import { z } from 'zod';
import type { TelemetryConfig } from '../config.js';
import { resourceSchema } from './resource-schema.js';
import type {
  LogProcessorSettings,
  MetricSettings,
  OtlpSettings,
  ReaderSettings,
  TelemetrySettings,
} from './settings.js';

/** Checks and completes `service.telemetry`. @throws {ConfigError} */
export function completeTelemetry(config: TelemetryConfig | undefined): TelemetrySettings {
  return completeConfig(schema, config ?? {}, ['service', 'telemetry']);
}

/** A key of the Collector's that there is not here: refused by name, with the reason. */
function refused(why: string): z.ZodOptional<z.ZodUndefined> {
  return z.undefined({ error: `is not supported: ${why}` }).optional();
}

/** One of `values`, in whatever case; `problem` is what the Collector says of another. */
function word<const V extends string>(values: readonly V[], problem: string): z.ZodType<V, V> {
  return z
    .custom<V>((value) => values.includes(String(value).toLowerCase() as V), {
      error: ({ input }) =>
        `${problem} ${JSON.stringify(String(input))}; must be one of ${values.join(', ')}`,
      params: { values },
    })
    .transform((value) => value.toLowerCase() as V);
}

const ms = z.int().min(0);
const atLeastOne = z.int().min(1);

/** An output of the log: a file, or one of the two streams. */
const outputPath = z.string().superRefine((path, context) => {
  const message = outputProblem(path);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});

function outputProblem(path: string): string | undefined {
  if (path === '') return 'must not be empty';
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(path)?.[1]?.toLowerCase();
  if (scheme === undefined) return undefined;
  if (scheme !== 'file') return `no sink found for scheme "${scheme}"`;
  const url = URL.canParse(path) ? new URL(path) : undefined;
  if (url === undefined || !['', 'localhost'].includes(url.host)) {
    return 'file URLs must leave host empty or use localhost';
  }
  return url.search === '' && url.hash === '' ? undefined : 'file URLs have neither query nor fragment';
}

/** `name=value,name=value`, values percent-encoded (W3C Baggage, without properties). */
const headersList = z.string().transform((text, context) => {
  const headers: Record<string, string> = {};
  for (const pair of text.split(',').filter((part) => part.trim() !== '')) {
    const at = pair.indexOf('=');
    const value = decoded(pair.slice(at + 1).trim());
    if (at < 1 || value === undefined) {
      context.addIssue({ code: 'custom', message: 'must be name=value pairs, separated by commas' });
      return z.NEVER;
    }
    headers[pair.slice(0, at).trim()] = value;
  }
  return headers;
});

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined; // The caller names the problem without the text, which may be a secret.
  }
}

const otlpShape = {
  protocol: z.enum(['grpc', 'http/protobuf'], {
    error: ({ input }) =>
      input === undefined ? 'protocol must be specified' : `unsupported protocol ${JSON.stringify(input)}`,
  }),
  endpoint: z.string().optional(),
  headers: z
    .array(z.strictObject({ name: z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/), value: z.string() }))
    .default([]),
  headers_list: headersList.optional(),
  compression: z
    .enum(['gzip', 'none'], { error: ({ input }) => `unsupported compression "${String(input)}"` })
    .default('none'),
  timeout: ms.default(10_000),
  certificate: z.string().optional(),
  client_certificate: z.string().optional(),
  client_key: z.string().optional(),
  insecure: z.boolean().default(false),
};
const otlpObject = z.strictObject(otlpShape);
const metricOtlpObject = z.strictObject({
  ...otlpShape,
  temporality_preference: z
    .enum(['cumulative', 'delta', 'lowmemory'], {
      error: ({ input }) => `unsupported temporality preference "${String(input)}"`,
    })
    .default('cumulative'),
  default_histogram_aggregation: refused('histograms have the buckets that their instrument asks for'),
});

function completeOtlp(config: z.output<typeof otlpObject>, path: string): OtlpSettings {
  const { headers, headers_list: list = {}, insecure, endpoint, ...rest } = config;
  const given = endpoint ?? (config.protocol === 'grpc' ? 'localhost:4317' : 'localhost:4318');
  const isUrl = /^[a-z][a-z0-9+.-]*:\/\//i.test(given);
  const url = isUrl ? given : `${insecure ? 'http' : 'https'}://${given}`;
  return {
    ...rest,
    endpoint: config.protocol === 'http/protobuf' ? withPath(url, path) : url,
    headers: { ...list, ...Object.fromEntries(headers.map(({ name, value }) => [name, value])) },
  };
}

function withPath(text: string, path: string): string {
  const url = new URL(text);
  if (url.pathname === '/' || url.pathname === '') url.pathname = path;
  return url.href;
}

/** What no client could be made with is told at once. */
function checkOtlp(config: z.output<typeof otlpObject>, context: z.core.$RefinementCtx): void {
  const { endpoint, client_certificate: certificate, client_key: key } = config;
  if (endpoint !== undefined) {
    const url = /:\/\//.test(endpoint) ? endpoint : `https://${endpoint}`;
    const isUsable = URL.canParse(url) && (config.protocol === 'grpc' || /^https?:/i.test(url));
    if (endpoint === '' || !isUsable) {
      context.addIssue({ code: 'custom', path: ['endpoint'], message: 'must be host:port or a URL' });
    }
  }
  if ((certificate === undefined) !== (key === undefined)) {
    const message = 'client_certificate and client_key must be given together';
    context.addIssue({ code: 'custom', message });
  }
}

/** A key that says all by being there. */
const nothing = z.strictObject({}).nullable();

/** Exactly one of the keys must be there. */
function one(keys: readonly string[]): (value: object, context: z.core.$RefinementCtx) => void {
  return (value, context) => {
    const count = keys.filter((key) => (value as Record<string, unknown>)[key] !== undefined).length;
    const message = `must have exactly one of ${keys.join(', ')}`;
    if (count !== 1) context.addIssue({ code: 'custom', message });
  };
}

const logExporter = z
  .strictObject({
    otlp: otlpObject.superRefine(checkOtlp).optional(),
    console: nothing.optional(),
  })
  .superRefine(one(['otlp', 'console']))
  .transform(({ otlp }) => otlp && completeOtlp(otlp, '/v1/logs'));

const logProcessor = z
  .strictObject({
    batch: z
      .strictObject({
        schedule_delay: ms.default(1000),
        export_timeout: ms.default(30_000),
        max_queue_size: atLeastOne.default(2048),
        max_export_batch_size: atLeastOne.default(512),
        exporter: logExporter,
      })
      .optional(),
    simple: z.strictObject({ exporter: logExporter }).optional(),
  })
  .superRefine(one(['batch', 'simple']))
  .transform(({ batch, simple }): LogProcessorSettings => {
    if (batch === undefined) return { ...simpleProcessor, otlp: simple?.exporter };
    const { exporter, ...rest } = batch;
    return { ...rest, otlp: exporter };
  });

const simpleProcessor = {
  schedule_delay: 0,
  export_timeout: 30_000,
  max_queue_size: 2048,
  max_export_batch_size: 1,
} as const;

const logs = z.strictObject({
  level: word(['debug', 'info', 'warn', 'error', 'dpanic', 'panic', 'fatal'], 'unrecognized level:').default(
    'info',
  ),
  development: z.boolean().default(false),
  encoding: z
    .enum(['console', 'json'], { error: ({ input }) => `no encoder registered for name "${String(input)}"` })
    .default('console'),
  disable_caller: z.boolean().default(false),
  disable_stacktrace: z.boolean().default(false),
  sampling: z
    .strictObject({
      enabled: z.boolean().default(true),
      tick: duration().prefault('10s'),
      initial: z.int().min(0).default(10),
      thereafter: z.int().min(0).default(100),
    })
    .prefault({}),
  output_paths: z.array(outputPath).default(['stderr']),
  error_output_paths: z.array(outputPath).default(['stderr']),
  initial_fields: z.record(z.string(), z.unknown()).default({}),
  processors: z.array(logProcessor).default([]),
  disable_zap_resource: z.boolean().default(false),
});

const prometheus = z
  .strictObject({
    host: z.string({ error: ({ input }) => (input === undefined ? 'host must be specified' : undefined) }),
    port: z
      .int({ error: ({ input }) => (input === undefined ? 'port must be specified' : undefined) })
      .min(0)
      .max(65_535),
    without_scope_info: z.boolean().default(true),
    without_units: z.boolean().default(true),
    without_type_suffix: z.boolean().default(true),
    with_resource_constant_labels: z
      .strictObject({
        included: z.array(z.string()).optional(),
        excluded: z.array(z.string()).default([]),
      })
      .optional(),
  })
  .transform((config): ReaderSettings => ({ kind: 'prometheus', ...config }));

const noProducers = refused('metrics come from this collector alone');

const reader = z
  .strictObject({
    pull: z.strictObject({ exporter: z.strictObject({ prometheus }), producers: noProducers }).optional(),
    periodic: z
      .strictObject({
        interval: atLeastOne.default(60_000),
        timeout: ms.default(30_000),
        exporter: z
          .strictObject({
            otlp: metricOtlpObject.superRefine(checkOtlp).optional(),
            console: nothing.optional(),
          })
          .superRefine(one(['otlp', 'console']))
          .transform(
            ({ otlp }) =>
              otlp && {
                ...completeOtlp(otlp, '/v1/metrics'),
                temporality_preference: otlp.temporality_preference,
              },
          ),
        producers: noProducers,
      })
      .transform(({ interval, timeout, exporter }): ReaderSettings => {
        return { kind: 'periodic', interval, timeout, otlp: exporter };
      })
      .optional(),
  })
  .superRefine(one(['pull', 'periodic']))
  .transform(({ pull, periodic }) => periodic ?? pull!.exporter.prometheus);

const view = z
  .strictObject({
    selector: z
      .strictObject({
        instrument_name: z.string().optional(),
        instrument_type: z
          .enum([
            'counter',
            'up_down_counter',
            'gauge',
            'histogram',
            'observable_counter',
            'observable_up_down_counter',
            'observable_gauge',
          ])
          .optional(),
        unit: z.string().optional(),
        meter_name: z.string().optional(),
        meter_version: z.string().optional(),
        meter_schema_url: z.string().optional(),
      })
      .refine(
        (keys) => Object.values(keys).some((value) => value !== undefined),
        'must have at least one key',
      ),
    stream: z.strictObject({
      name: z.string().min(1).optional(),
      description: z.string().optional(),
      aggregation: z
        .strictObject({
          default: nothing.optional(),
          drop: nothing.optional(),
          last_value: nothing.optional(),
          sum: nothing.optional(),
          explicit_bucket_histogram: z
            .strictObject({
              boundaries: z.array(z.number()).optional(),
              record_min_max: z.boolean().default(true),
            })
            .optional(),
          base2_exponential_bucket_histogram: refused('the text of Prometheus has no place for its buckets'),
        })
        .superRefine(one(['default', 'drop', 'last_value', 'sum', 'explicit_bucket_histogram']))
        .optional(),
      attribute_keys: z
        .strictObject({
          included: z.array(z.string()).optional(),
          excluded: z.array(z.string()).default([]),
        })
        .optional(),
    }),
  })
  .superRefine(({ selector, stream }, context) => {
    const isOne = selector.instrument_name !== undefined && !/[*?]/.test(selector.instrument_name);
    if (stream.name === undefined || isOne) return;
    const message = 'needs a selector with the instrument_name of one instrument';
    context.addIssue({ code: 'custom', path: ['stream', 'name'], message });
  });

const metrics = z
  .strictObject({
    level: word(['none', 'basic', 'normal', 'detailed'], 'unknown metrics level').default('normal'),
    readers: z.array(reader).optional(),
    views: z.array(view).default([]),
  })
  .superRefine(({ level, views }, context) => {
    if (level === 'detailed' || views.length === 0) return;
    const message = 'can only be set when service.telemetry.metrics.level is detailed';
    context.addIssue({ code: 'custom', path: ['views'], message });
  })
  .superRefine(({ level, readers }, context) => {
    if (level === 'none' || readers === undefined || readers.length > 0) return;
    const message = 'collector telemetry metrics reader should exist when metric level is not none';
    context.addIssue({ code: 'custom', path: ['readers'], message });
  })
  .transform(({ level, readers = [], views }): MetricSettings => ({ level, readers, views }));

const schema: z.ZodType<TelemetrySettings, TelemetryConfig> = z.strictObject({
  logs: logs.optional(),
  metrics: metrics.prefault({}),
  balance: z.strictObject({ enabled: z.boolean().optional() }).prefault({}),
  traces: refused('no spans are made about the collector itself'),
  resource: resourceSchema.prefault({}),
});

/** The schema of {@link TelemetryConfig}, for a JSON Schema. What it makes is the collector's own matter. */
export const telemetrySchema: z.ZodType<unknown, TelemetryConfig> = schema;
