import { duration, optionalSection, type Duration } from '@tributary/component';
import { defaultPaths } from '@tributary/otlp';
import {
  bufferSizesShape,
  checkServerEndpoint,
  grpcServerShape,
  httpServerShape,
  type BufferSizes,
  type GrpcServerConfig,
  type GrpcServerSettings,
  type HttpServerConfig,
  type HttpServerSettings,
} from '@tributary/transport';
import { z } from 'zod';

/** What a program writes for {@link otlpReceiver}. */
export interface OtlpReceiverConfig {
  /** What to listen for: gRPC, HTTP or both. */
  readonly protocols: OtlpProtocolsConfig;
  /**
   * Replaces bytes that are no UTF-8, in texts, by U+FFFD, where a strict backend would refuse the whole
   * batch. `false` passes them on as they are. Not a key of the Collector. Default `true`.
   */
  readonly repair_utf8?: boolean | undefined;
  /**
   * Most groups and records (resources, scopes, metrics, spans, data points, log records, samples) in one
   * request; one with more is refused as too large, whatever its size: a small body can hold millions of
   * empty records. Not a key of the Collector. Default `1000000`.
   */
  readonly max_request_items?: number | undefined;
}

/** At least one; `{}` starts a protocol with its defaults. */
export interface OtlpProtocolsConfig {
  /** OTLP over gRPC. Default none: not served. */
  readonly grpc?: OtlpGrpcConfig | null | undefined;
  /** OTLP over HTTP, protobuf and JSON. Default none: not served. */
  readonly http?: OtlpHttpConfig | null | undefined;
}

/** How gRPC is served. */
export interface OtlpGrpcConfig extends GrpcServerConfig {
  /** `host:port`, or a path where `transport` is `unix`; port 0 takes a free one. Default `'localhost:4317'`. */
  readonly endpoint?: string | undefined;
  /** Of no effect on a server, as in the Collector. */
  readonly dialer?: OtlpDialerConfig | undefined;
  /** Taken for the sake of the Collector's configs, with a warning: Node has its own sizes. Default `0`. */
  readonly read_buffer_size?: number | undefined;
  /** As `read_buffer_size`. Default `0`. */
  readonly write_buffer_size?: number | undefined;
  /** Hands the metadata of each request on to the pipeline, for components that group or route by it. Default `false`. */
  readonly include_metadata?: boolean | undefined;
}

/** How connections are made, where they are. */
export interface OtlpDialerConfig {
  /** Longest time to connect. Default `'0s'`. */
  readonly timeout?: Duration | undefined;
}

/** How HTTP is served. */
export interface OtlpHttpConfig extends HttpServerConfig {
  /** `host:port`, or a path where `transport` is `unix`; port 0 takes a free one. Default `'localhost:4318'`. */
  readonly endpoint?: string | undefined;
  /** Of no effect on a server, as in the Collector. */
  readonly dialer?: OtlpDialerConfig | undefined;
  /** Path of traces. Default `'/v1/traces'`. */
  readonly traces_url_path?: string | undefined;
  /** Path of metrics. Default `'/v1/metrics'`. */
  readonly metrics_url_path?: string | undefined;
  /** Path of logs. Profiles are always at `/v1development/profiles`. Default `'/v1/logs'`. */
  readonly logs_url_path?: string | undefined;
  /** Hands the headers of each request on to the pipeline, for components that group or route by them. Default `false`. */
  readonly include_metadata?: boolean | undefined;
}

/** {@link OtlpReceiverConfig} completed; times in milliseconds. */
export interface OtlpReceiverSettings {
  readonly protocols: {
    readonly grpc?: OtlpGrpcSettings | undefined;
    readonly http?: OtlpHttpSettings | undefined;
  };
  readonly repair_utf8: boolean;
  readonly max_request_items: number;
}

/** {@link OtlpGrpcConfig} completed. */
export interface OtlpGrpcSettings extends GrpcServerSettings, BufferSizes {
  readonly dialer: { readonly timeout: number };
  readonly include_metadata: boolean;
}

/** {@link OtlpHttpConfig} completed. */
export interface OtlpHttpSettings extends HttpServerSettings {
  readonly dialer: { readonly timeout: number };
  readonly traces_url_path: string;
  readonly metrics_url_path: string;
  readonly logs_url_path: string;
  readonly include_metadata: boolean;
}

const dialer = z.strictObject({ timeout: duration().prefault('0s') }).prefault({});
const include_metadata = z.boolean().default(false);

const grpcSchema = z
  .strictObject({
    ...grpcServerShape({ endpoint: 'localhost:4317' }),
    ...bufferSizesShape,
    dialer,
    include_metadata,
  })
  .superRefine(checkServerEndpoint());

/** Only the path of a URL counts, and it may lack its slash. */
function urlPath(value: string): z.ZodPrefault<z.ZodType<string, string>> {
  return z
    .string()
    .transform((text, context) => {
      const base = text.includes('://') ? undefined : 'http://localhost/';
      const url = URL.canParse(text, base) ? new URL(text, base) : undefined;
      if (url !== undefined) return url.pathname;
      context.addIssue({ code: 'custom', message: `invalid HTTP URL path set for signal: ${text}` });
      return z.NEVER;
    })
    .prefault(value);
}

const httpSchema = z
  .strictObject({
    ...httpServerShape({ endpoint: 'localhost:4318' }),
    dialer,
    include_metadata,
    traces_url_path: urlPath(defaultPaths.traces),
    metrics_url_path: urlPath(defaultPaths.metrics),
    logs_url_path: urlPath(defaultPaths.logs),
  })
  .superRefine(checkServerEndpoint());

/** The schema of {@link OtlpReceiverConfig}, with the Collector's messages. */
export const schema: z.ZodType<OtlpReceiverSettings, OtlpReceiverConfig> = z.strictObject({
  protocols: z
    .strictObject({
      grpc: optionalSection(grpcSchema, 'on').optional(),
      http: optionalSection(httpSchema, 'on').optional(),
    })
    .superRefine(({ grpc, http }, context) => {
      if (grpc === undefined && http === undefined)
        context.addIssue({
          code: 'custom',
          message: 'must specify at least one protocol when using the OTLP receiver',
        });
    }),
  repair_utf8: z.boolean().default(true),
  max_request_items: z.int().min(1).default(1_000_000),
});
