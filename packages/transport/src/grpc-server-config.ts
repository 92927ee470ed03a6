/** The Collector's keys of a gRPC server, in the config of every component that has one. */
import { duration, notOffered, optionalSection, type Duration } from '@tributary/component';
import { z } from 'zod';
import {
  serverShape,
  type ConfigShape,
  type Refused,
  type ServerConfig,
  type ServerDefaults,
  type ServerSettings,
  type ServerShape,
} from './server-config.js';
import type { UnaryServerOptions } from './unary.js';

/** How gRPC is served. */
export interface GrpcServerConfig extends ServerConfig {
  /** Largest request after decompression, in MiB; `0` is 4. Default `0`. */
  readonly max_recv_msg_size_mib?: number | undefined;
  /** Requests that one connection may have under way; `0` is 1,000, where the Collector has no limit. Default `0`. */
  readonly max_concurrent_streams?: number | undefined;
  /** How long connections live, and how often clients may ping. */
  readonly keepalive?: ServerKeepaliveConfig | null | undefined;
}

/** How long connections live, and how often clients may ping. */
export interface ServerKeepaliveConfig {
  /** Times of the server. */
  readonly server_parameters?: ServerParametersConfig | null | undefined;
  /** How often clients may ping: the connection of one that does so more often ends with `too_many_pings`. */
  readonly enforcement_policy?: EnforcementPolicyConfig | null | undefined;
}

/** Times of a gRPC server. */
export interface ServerParametersConfig {
  /** A connection without requests is closed after this time; `'0s'` is never. Default `'0s'`. */
  readonly max_connection_idle?: Duration | undefined;
  /** A connection takes no new requests from this age on; `'0s'` is never. Default `'0s'`. */
  readonly max_connection_age?: Duration | undefined;
  /** Requests under way at that age get this much longer; `'0s'` is until they end. Default `'0s'`. */
  readonly max_connection_age_grace?: Duration | undefined;
  /** Time between pings that ask whether the client is still there; `'0s'` is two hours. Default `'0s'`. */
  readonly time?: Duration | undefined;
  /** A connection whose ping is not answered within this time is closed; `'0s'` is 20 seconds. Default `'0s'`. */
  readonly timeout?: Duration | undefined;
}

/** How often clients may ping. */
export interface EnforcementPolicyConfig {
  /** Least time between two pings; `'0s'` is five minutes. Default `'0s'`. */
  readonly min_time?: Duration | undefined;
  /** Whether that is so too while there is no request; else pings must then be two hours apart. Default `false`. */
  readonly permit_without_stream?: boolean | undefined;
}

/** {@link GrpcServerConfig} completed; times in milliseconds. */
export interface GrpcServerSettings extends ServerSettings {
  readonly max_recv_msg_size_mib: number;
  readonly max_concurrent_streams: number;
  readonly keepalive: {
    readonly server_parameters: Readonly<Record<keyof ServerParametersConfig, number>>;
    readonly enforcement_policy: { readonly min_time: number; readonly permit_without_stream: boolean };
  };
}

/** What {@link grpcServerShape} gives. */
export type GrpcServerShape = ServerShape &
  ConfigShape<GrpcServerConfig, GrpcServerSettings> &
  Refused<'read_buffer_size' | 'write_buffer_size'>;

const bytesPerMib = 2 ** 20;
/** The Collector counts bytes in 63 bits. */
const maxMib = 8_796_093_022_207;
/** Of grpc-go. */
const defaultPingMs = 300_000;

const noTime = duration().prefault('0s');

/** A section whose defaults hold also where it is turned off: the library has them, too. */
function withDefaults<Z extends z.ZodType>(schema: Z): z.ZodType<z.output<Z>, z.input<Z> | null | undefined> {
  return optionalSection(schema, 'on')
    .optional()
    .transform((value) => value ?? schema.parse({})) as never;
}

const keepaliveSchema = z.strictObject({
  server_parameters: withDefaults(
    z.strictObject({
      max_connection_idle: noTime,
      max_connection_age: noTime,
      max_connection_age_grace: noTime,
      time: noTime,
      timeout: noTime,
    }),
  ),
  enforcement_policy: withDefaults(
    z.strictObject({ min_time: noTime, permit_without_stream: z.boolean().default(false) }),
  ),
});

/**
 * The keys of {@link GrpcServerConfig}, with the Collector's messages, to be spread into a component's schema.
 * `auth`, `dialer`, `include_metadata`, `middlewares` and the sizes of buffers are refused by name; a component
 * that has one of them names it anew. `checkServerEndpoint` belongs to them.
 *
 * @example
 * z.strictObject(grpcServerShape({ endpoint: 'localhost:13132' })).superRefine(checkServerEndpoint());
 */
export function grpcServerShape(defaults: ServerDefaults): GrpcServerShape {
  return {
    ...serverShape(defaults),
    max_recv_msg_size_mib: z
      .int()
      .refine((mib) => mib >= 0 && mib <= maxMib, {
        error: ({ input }) =>
          `invalid max_recv_msg_size_mib value, must be between 1 and ${maxMib}: ${String(input)}`,
      })
      .default(0),
    max_concurrent_streams: z
      .int()
      .min(0)
      .max(2 ** 32 - 1)
      .default(0),
    keepalive: withDefaults(keepaliveSchema),
    read_buffer_size: notOffered,
    write_buffer_size: notOffered,
  };
}

/**
 * What `createUnaryServer` takes of a completed config. In the Collector's keys 0 is "as the library has it"; so
 * it is here.
 *
 * @example
 * createUnaryServer({ ...grpcServerOptions(config, settings), methods, onDeath });
 */
export function grpcServerOptions(
  config: GrpcServerSettings,
  runtime: UnaryServerOptions['runtime'],
): Omit<UnaryServerOptions, 'methods' | 'onDeath'> {
  const { server_parameters: times, enforcement_policy: pings } = config.keepalive;
  return {
    runtime,
    endpoint: config.endpoint,
    transport: config.transport,
    tls: config.tls,
    maxMessageBytes: config.max_recv_msg_size_mib * bytesPerMib || undefined,
    maxConcurrentStreams: config.max_concurrent_streams || undefined,
    keepalive: {
      maxConnectionIdleMs: times.max_connection_idle || undefined,
      maxConnectionAgeMs: times.max_connection_age || undefined,
      maxConnectionAgeGraceMs: times.max_connection_age_grace || undefined,
      timeMs: times.time || undefined,
      timeoutMs: times.timeout || undefined,
      enforcement: {
        minTimeMs: pings.min_time || defaultPingMs,
        permitWithoutStream: pings.permit_without_stream,
      },
    },
  };
}
