import { duration, notOffered, optionalSection, type Duration } from '@tributary/component';
import { deliveryShape, type Delivery, type QueueConfig, type RetryConfig } from '@tributary/delivery';
import {
  bufferSizesShape,
  clientEndpointProblem,
  compressionSchema,
  headersSchema,
  tlsClientSchema,
  type BufferSizes,
  type HeadersConfig,
  type TlsClientConfig,
  type TlsClientSettings,
} from '@tributary/transport';
import { z } from 'zod';

/** What a program writes for {@link otlpExporter}. */
export interface OtlpExporterConfig {
  /**
   * Where to send: `host:port`, `unix:///path`, or with a scheme of the gRPC resolver (`dns:///host:port`).
   * A port is required. `https://` turns TLS on whatever `tls.insecure` says; `http://` does not turn it off.
   */
  readonly endpoint: string;
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
  /** Longest time for one attempt, told to the peer; `'0s'` is no limit. Default `'5s'`. */
  readonly timeout?: Duration | undefined;
  /** Sends again what failed and may pass. */
  readonly retry_on_failure?: RetryConfig | undefined;
  /** Takes requests in at once and sends them in the background. */
  readonly sending_queue?: QueueConfig | undefined;
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

/** {@link OtlpExporterConfig} completed; times in milliseconds. */
export interface OtlpExporterSettings extends Delivery, BufferSizes {
  readonly endpoint: string;
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

/** The schema of {@link OtlpExporterConfig}, with the Collector's messages. */
export const schema: z.ZodType<OtlpExporterSettings, OtlpExporterConfig> = z.strictObject({
  endpoint: z
    .string({ error: ({ input }) => (input === undefined ? 'requires a non-empty "endpoint"' : undefined) })
    .superRefine((endpoint, context) => {
      const message = endpoint === '' ? 'requires a non-empty "endpoint"' : clientEndpointProblem(endpoint);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    }),
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
  ...deliveryShape,
});
