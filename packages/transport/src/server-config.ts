/** What the configs of all servers have in common: where they listen, and the Collector's keys that none has. */
import { notOffered, oneOf, optionalSection } from '@tributary/component';
import { z } from 'zod';
import { serverEndpointProblem } from './endpoint.js';
import type { ListenTransport } from './listen.js';
import { tlsServerSchema, type TlsServerConfig, type TlsServerSettings } from './tls.js';

/** Where a server listens. Each component says anew what the default of its `endpoint` is. */
export interface ServerConfig {
  /** `host:port`, or a path where `transport` is `unix`; port 0 takes a free one. */
  readonly endpoint?: string | undefined;
  /** Kind of socket; `tcp4` and `tcp6` are one family alone. A `unix` file that nobody serves any more is replaced. Default `'tcp'`. */
  readonly transport?: 'tcp' | 'tcp4' | 'tcp6' | 'unix' | undefined;
  /** Certificate, key and authorities. Default none: plaintext. */
  readonly tls?: TlsServerConfig | null | undefined;
}

/** {@link ServerConfig} completed. */
export interface ServerSettings {
  readonly endpoint: string;
  readonly transport: ListenTransport;
  readonly tls?: TlsServerSettings | undefined;
}

/** What differs between the servers of two components. */
export interface ServerDefaults {
  readonly endpoint: string;
}

/** The zod types of the keys of a config: what is written in, what is completed out. */
export type ConfigShape<Config, Settings extends { readonly [K in keyof Config]?: unknown }> = {
  readonly [K in keyof Config]-?: z.ZodType<Settings[K], Config[K]>;
};

/** Keys of the Collector that are refused by name. A component that has one of them replaces it in its schema. */
export type Refused<K extends string> = Readonly<Record<K, typeof notOffered>>;

/** The keys of {@link ServerConfig}, and those of the Collector that no server has. */
export type ServerShape = ConfigShape<ServerConfig, ServerSettings> &
  Refused<'auth' | 'dialer' | 'include_metadata' | 'middlewares'>;

/** What the shapes of HTTP and gRPC begin with. */
export function serverShape({ endpoint }: ServerDefaults): ServerShape {
  return {
    endpoint: z.string().default(endpoint),
    transport: oneOf(
      ['tcp', 'tcp4', 'tcp6', 'unix'],
      ['udp', 'udp4', 'udp6', 'ip', 'ip4', 'ip6', 'unixgram', 'unixpacket', 'npipe'],
      'invalid transport type',
    ).default('tcp'),
    tls: optionalSection(tlsServerSchema, 'off').optional(),
    auth: notOffered,
    dialer: notOffered,
    include_metadata: notOffered,
    middlewares: notOffered,
  };
}

/**
 * For the `superRefine` of a server's section: refuses an endpoint that nobody can listen on. `missing` is
 * what is said of an empty one.
 */
export function checkServerEndpoint(
  missing?: string,
): (server: Pick<ServerSettings, 'endpoint' | 'transport'>, context: z.RefinementCtx) => void {
  return ({ endpoint, transport }, context) => {
    const problem = serverEndpointProblem(endpoint, transport === 'unix' ? 'unix' : 'tcp');
    const message = endpoint === '' ? (missing ?? problem) : problem;
    if (message !== undefined) context.addIssue({ code: 'custom', path: ['endpoint'], message });
  };
}
