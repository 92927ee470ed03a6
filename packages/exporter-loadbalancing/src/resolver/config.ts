import { isIP } from 'node:net';
import { duration, notOffered, type Duration } from '@tributary/component';
import { splitHostPort } from '@tributary/transport';
import { z } from 'zod';
import type { MakeResolver } from './resolver.js';

/** How the exporter learns of its backends: exactly one of these. Keys and defaults are the Collector's, unless said otherwise. */
export interface ResolverConfig {
  /** A list that stays as it is. */
  readonly static?: StaticResolverConfig | undefined;
  /** The addresses behind a name, asked for again and again. */
  readonly dns?: DnsResolverConfig | undefined;
  /** The endpoints of a service of the Kubernetes cluster in which this process runs, watched. */
  readonly k8s?: K8sResolverConfig | undefined;
  /** A resolver of one's own, for programs in code: a function that makes it. Ours. */
  readonly custom?: MakeResolver | undefined;
}

/** The `static` resolver. */
export interface StaticResolverConfig {
  /** The backends as `host:port`; without a port they are reached at 4317. At least one; which is named twice counts once. */
  readonly hostnames: readonly string[];
}

/** The `dns` resolver. A lookup that fails keeps the backends of the last; one that fails at the start is tried again. */
export interface DnsResolverConfig {
  /** The name whose addresses, IPv4 and IPv6, are the backends. With `srv` the name of SRV records. */
  readonly hostname: string;
  /** The port of all backends, as text or as a number; `''` is none, and then they are reached at 4317. Default `''`. */
  readonly port?: string | number | undefined;
  /**
   * Time from one lookup to the next; `'0s'` is the default. Counted by the wall clock, so that agents learn of a change
   * within a fiftieth of it. Default `'5s'`.
   */
  readonly interval?: Duration | undefined;
  /** Longest time for one lookup; `'0s'` is the default. Default `'1s'`. */
  readonly timeout?: Duration | undefined;
  /**
   * Asks for SRV records, which name hosts with a port each, and for the addresses of these hosts. Of several
   * priorities the first one counts alone; weights do not count. Ours. Default `false`.
   */
  readonly srv?: boolean | undefined;
  /** With `srv`: the backends are the hosts by name instead of their addresses. Ours. Default `false`. */
  readonly return_hostnames?: boolean | undefined;
  /**
   * Asks this DNS server, an IP address with or without a port, and not those of the system; the file of hosts and
   * search domains do not count then, nor do they with `srv`. Ours. Default `''`, the system.
   */
  readonly server?: string | undefined;
}

/** The `k8s` resolver. It needs the right to list and watch `endpointslices` of `discovery.k8s.io`. */
export interface K8sResolverConfig {
  /** `name` or `name.namespace`; without a namespace that of this pod, else `default`. */
  readonly service: string;
  /** One backend for each address and each of these ports. Default `[]`: addresses alone, which are reached at 4317. */
  readonly ports?: readonly number[] | undefined;
  /** Longest time for the API server to begin its answer; `'0s'` is the default. Default `'1m'`. */
  readonly timeout?: Duration | undefined;
  /** The backends are `<hostname of the pod>.<service>.<namespace>`, as with a StatefulSet. Default `false`. */
  readonly return_hostnames?: boolean | undefined;
}

/** {@link ResolverConfig} completed, times in milliseconds. Exactly one is present. */
export interface ResolverSettings {
  readonly static?: StaticResolverSettings | undefined;
  readonly dns?: DnsResolverSettings | undefined;
  readonly k8s?: K8sResolverSettings | undefined;
  readonly custom?: MakeResolver | undefined;
}

export interface StaticResolverSettings {
  readonly hostnames: readonly string[];
}

export interface DnsResolverSettings {
  readonly hostname: string;
  /** Absent: none. */
  readonly port?: number | undefined;
  readonly interval: number;
  readonly timeout: number;
  readonly srv: boolean;
  readonly return_hostnames: boolean;
  /** `address:port`; absent: those of the system. */
  readonly server?: string | undefined;
}

export interface K8sResolverSettings {
  readonly service: string;
  readonly ports: readonly number[];
  readonly timeout: number;
  readonly return_hostnames: boolean;
}

/** Zero is the default, as in the Collector. */
function durationOr(text: Duration, ms: number): z.ZodType<number, Duration | undefined> {
  return duration()
    .transform((value) => value || ms)
    .prefault(text);
}

/** Text that must be there and not empty, with the Collector's message where it is not. */
function required(message: string): z.ZodType<string, string> {
  return z
    .string({ error: ({ input }) => (input === undefined ? message : undefined) })
    .refine((text) => text !== '', message);
}

const port = z.int().min(1).max(65_535);

const portOrText = z
  .union([z.string(), z.number()], { error: 'must be a port, as text or as a number' })
  .transform((value, context): number | undefined => {
    if (value === '') return undefined;
    const parsed = port.safeParse(typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value);
    if (parsed.success) return parsed.data;
    context.addIssue({
      code: 'custom',
      message: `must be a port from 1 to 65535, got ${JSON.stringify(value)}`,
    });
    return z.NEVER;
  });

const server = z.string().transform((text, context): string | undefined => {
  if (text === '') return undefined;
  const bare = text.replace(/^\[(.*)\]$/, '$1');
  if (isIP(bare) !== 0) return isIP(bare) === 6 ? `[${bare}]:53` : `${bare}:53`;
  const parts = splitHostPort(text);
  if (typeof parts === 'object' && isIP(parts.host) !== 0 && parts.port > 0) return text;
  const message = `must be an IP address with or without a port, such as 10.0.0.2:53, got ${JSON.stringify(text)}`;
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

const noEndpoints = 'no endpoints specified for the static resolver';

const staticResolver = z.strictObject({
  hostnames: z
    .array(z.string().min(1), { error: ({ input }) => (input === undefined ? noEndpoints : undefined) })
    .refine((hostnames) => hostnames.length > 0, noEndpoints)
    .readonly(),
});

const dnsResolver = z
  .strictObject({
    hostname: required('no hostname specified to resolve the backends'),
    port: portOrText.prefault(''),
    interval: durationOr('5s', 5000),
    timeout: durationOr('1s', 1000),
    srv: z.boolean().default(false),
    return_hostnames: z.boolean().default(false),
    server: server.prefault(''),
  })
  .superRefine(({ srv, port: ownPort, return_hostnames: asHostnames }, context) => {
    if (srv && ownPort !== undefined)
      context.addIssue({
        code: 'custom',
        path: ['port'],
        message: 'must not be set with srv, whose records name the ports',
      });
    if (asHostnames && !srv)
      context.addIssue({
        code: 'custom',
        path: ['return_hostnames'],
        message: 'needs srv, whose records name hosts',
      });
  });

const k8sResolver = z.strictObject({
  service: required('no service specified to resolve the backends').refine(
    (service) => /^[a-z0-9-]+(\.[a-z0-9.-]+)?$/i.test(service),
    { error: ({ input }) => `must be name or name.namespace of a service, got ${JSON.stringify(input)}` },
  ),
  ports: z.array(port).readonly().default([]),
  timeout: durationOr('1m', 60_000),
  return_hostnames: z.boolean().default(false),
});

const custom = z.custom<MakeResolver>((value) => typeof value === 'function', {
  error: 'must be a function that makes a resolver, which only a program in code can have',
});

/** The schema of `resolver`, with the Collector's messages. */
export const resolverSchema: z.ZodType<ResolverSettings, ResolverConfig> = z
  .strictObject({
    static: staticResolver.optional(),
    dns: dnsResolver.optional(),
    k8s: k8sResolver.optional(),
    custom: custom.optional(),
    aws_cloud_map: notOffered,
  })
  .superRefine((resolvers, context) => {
    const count = Object.values(resolvers).filter((resolver) => resolver !== undefined).length;
    if (count === 1) return;
    const message =
      count === 0 ? 'no resolvers specified for the exporter' : 'only one resolver should be specified';
    context.addIssue({ code: 'custom', message });
  });
