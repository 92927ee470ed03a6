import { duration, notOffered, optionalSection, type Duration } from '@tributary/component';
import {
  bufferSizesShape,
  compressionSchema,
  headersSchema,
  tlsClientSchema,
  type BufferSizes,
  type HeadersConfig,
  type TlsClientConfig,
  type TlsClientSettings,
} from '@tributary/transport';
import { z } from 'zod';

/** How a client of OTLP over gRPC connects, wherever it connects to. */
export interface OtlpGrpcClientConfig {
  /** How to speak TLS, which is on unless `insecure` is set. Default `{}`. */
  readonly tls?: TlsClientConfig | undefined;
  /** Of every request; `''` is `'none'`. `'zstd'` needs Node 22.15. Default `'gzip'`. */
  readonly compression?: 'gzip' | 'snappy' | 'zstd' | 'none' | '' | undefined;
  /**
   * Sent as metadata with every request: a map, or a list of `{ name, value }`; names in `-bin` as bytes. The
   * values stay out of logs and errors. Default `{}`.
   */
  readonly headers?: HeadersConfig | undefined;
  /** Stands before the library's own `User-Agent`. Default `Tributary/<version> (<os>/<arch>)`. */
  readonly user_agent?: string | undefined;
  /** Pings that find out whether the peer is still there. Default none: no pings. */
  readonly keepalive?: OtlpClientKeepaliveConfig | null | undefined;
  /** While the peer cannot be reached, requests wait for their deadline instead of failing at once. Default `false`. */
  readonly wait_for_ready?: boolean | undefined;
  /** Uses all addresses of the endpoint in turn, or the first that answers; `''` is the latter. Default `'round_robin'`. */
  readonly balancer_name?: 'round_robin' | 'pick_first' | '' | undefined;
  /** Sent as `:authority`; `''` is `tls.server_name_override` or the host of the endpoint. Default `''`. */
  readonly authority?: string | undefined;
  /** Taken for the sake of the Collector's configs, with a warning: Node has its own sizes. Default `0`. */
  readonly read_buffer_size?: number | undefined;
  /** As `read_buffer_size`; the Collector's default is 524288. Default `0`. */
  readonly write_buffer_size?: number | undefined;
}

/** Pings of a gRPC client. */
export interface OtlpClientKeepaliveConfig {
  /** Time between pings; `'0s'` is never. Default `'10s'`. */
  readonly time?: Duration | undefined;
  /** A connection whose ping is not answered within this time is closed; `'0s'` is 20 seconds. Default `'10s'`. */
  readonly timeout?: Duration | undefined;
  /** Pings also while there is no request. Default `false`. */
  readonly permit_without_stream?: boolean | undefined;
}

/** {@link OtlpGrpcClientConfig} completed; times in milliseconds. */
export interface OtlpGrpcClientSettings extends BufferSizes {
  readonly tls: TlsClientSettings;
  readonly compression: 'gzip' | 'snappy' | 'zstd' | 'none' | '';
  readonly headers: Readonly<Record<string, string>>;
  readonly user_agent: string;
  readonly keepalive?:
    Readonly<{ time: number; timeout: number; permit_without_stream: boolean }> | undefined;
  readonly wait_for_ready: boolean;
  readonly balancer_name: 'round_robin' | 'pick_first' | '';
  readonly authority: string;
}

/** What gRPC would refuse at every call is refused here. */
const headers = headersSchema((name, value) => {
  if (!/^[0-9a-z_.-]+$/i.test(name)) return 'is no name of gRPC metadata: letters, digits, _ . and -';
  // Values of binary headers are bytes.
  return /-bin$/i.test(name) || /^[ -~]*$/.test(value) ? undefined : 'gRPC metadata is printable ASCII';
});

/** The keys of {@link OtlpGrpcClientConfig}, to be spread into the schema of a component. */
export const otlpGrpcClientShape: {
  readonly tls: z.ZodType<TlsClientSettings, TlsClientConfig | undefined>;
  readonly compression: z.ZodType<OtlpGrpcClientSettings['compression'], OtlpGrpcClientConfig['compression']>;
  readonly headers: z.ZodType<OtlpGrpcClientSettings['headers'], HeadersConfig | undefined>;
  readonly user_agent: z.ZodType<string, string | undefined>;
  readonly keepalive: z.ZodType<OtlpGrpcClientSettings['keepalive'], OtlpGrpcClientConfig['keepalive']>;
  readonly wait_for_ready: z.ZodType<boolean, boolean | undefined>;
  readonly balancer_name: z.ZodType<
    OtlpGrpcClientSettings['balancer_name'],
    OtlpGrpcClientConfig['balancer_name']
  >;
  readonly authority: z.ZodType<string, string | undefined>;
  readonly read_buffer_size: (typeof bufferSizesShape)['read_buffer_size'];
  readonly write_buffer_size: (typeof bufferSizesShape)['write_buffer_size'];
  readonly auth: typeof notOffered;
  readonly middlewares: typeof notOffered;
} = {
  tls: tlsClientSchema.prefault({}),
  compression: compressionSchema(['gzip', 'snappy', 'zstd', 'none', '']).default('gzip'),
  headers: headers.default({}),
  user_agent: z.string().default(''),
  keepalive: optionalSection(
    z.strictObject({
      time: duration().prefault('10s'),
      timeout: duration().prefault('10s'),
      permit_without_stream: z.boolean().default(false),
    }),
    'off',
  ).optional(),
  wait_for_ready: z.boolean().default(false),
  balancer_name: z
    .enum(['round_robin', 'pick_first', ''], {
      error: ({ input }) => `invalid balancer_name: ${String(input)}`,
    })
    .default('round_robin'),
  authority: z.string().default(''),
  ...bufferSizesShape,
  auth: notOffered,
  middlewares: notOffered,
};
