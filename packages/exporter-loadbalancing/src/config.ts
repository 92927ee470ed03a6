import { duration, type Duration } from '@tributary/component';
import { deliveryShape, type Delivery, type QueueConfig, type RetryConfig } from '@tributary/delivery';
import { otlpGrpcClientShape, type OtlpGrpcClientConfig, type OtlpGrpcClientSettings } from '@tributary/otlp';
import { z } from 'zod';
import { resolverSchema, type ResolverConfig, type ResolverSettings } from './resolver/config.js';
import type { RingKind } from './ring/ring.js';
import type { RoutingKey } from './routing/routing-key.js';

/** How items are spread over backends. Keys and defaults are the Collector's, unless said otherwise. */
export interface LoadBalancingExporterConfig {
  /** How to send to the backends. */
  readonly protocol: LoadBalancingProtocolConfig;
  /** Where the backends are: exactly one of its keys. */
  readonly resolver: ResolverConfig;
  /**
   * What the items of one backend have in common: of traces `traceID`, `service` or `attributes`; of metrics
   * `service`, `resource`, `metric`, `streamID` or `attributes`; of logs `service`, `traceID`, `resource` or
   * `attributes`. `''` is `traceID` for traces, and `service` for metrics and logs. Default `''`.
   */
  readonly routing_key?: RoutingKey | '' | undefined;
  /** With `routing_key: attributes`, the attributes that go together. Default `[]`. */
  readonly routing_attributes?: readonly string[] | undefined;
  /** Longest time until all backends concerned have taken a batch; `'0s'` is no limit. Default `'0s'`. */
  readonly timeout?: Duration | undefined;
  /** Sends what was not taken again, and by the ring of then. Default off. */
  readonly retry_on_failure?: RetryConfig | undefined;
  /** Takes batches in at once and splits them in the background. Default off. */
  readonly sending_queue?: QueueConfig | null | undefined;
  /**
   * Which ring assigns keys to backends: one of the three generations of the Go exporter, `g3` being that of v0.160
   * and later, or our own, for fleets in which no Go Collector balances beside. Ours. Default `'g3'`.
   */
  readonly ring?: RingKind | undefined;
  /**
   * How long the spans of traces that began before the backends changed go on to where they went, if that still
   * lives; `'0s'` follows the new ring at once. Ours. Default `'30s'` with `ring: tributary`, `'0s'` with the others,
   * since Go Collectors beside follow the new ring at once.
   */
  readonly sticky?: Duration | undefined;
}

/** By protocol. There is one. */
export interface LoadBalancingProtocolConfig {
  /** Of every backend, as in the `otlp_grpc` exporter; each has a queue and retries of its own. */
  readonly otlp?: LoadBalancingOtlpConfig | null | undefined;
}

/** How to send to a backend. */
export interface LoadBalancingOtlpConfig extends OtlpGrpcClientConfig {
  /** Taken for the sake of the Collector's configs, and has no effect: the resolver says where to. */
  readonly endpoint?: string | undefined;
  /** Longest time for one attempt, told to the peer; `'0s'` is no limit. Default `'5s'`. */
  readonly timeout?: Duration | undefined;
  /** Sends again what failed and may pass. */
  readonly retry_on_failure?: RetryConfig | undefined;
  /** Takes requests in at once and sends them in the background. What waits in it goes elsewhere when the backend is gone. */
  readonly sending_queue?: QueueConfig | undefined;
}

/** {@link LoadBalancingOtlpConfig} completed. */
export interface BackendSettings extends Delivery, OtlpGrpcClientSettings {
  readonly endpoint?: string | undefined;
}

/** {@link LoadBalancingExporterConfig} completed; times in milliseconds. */
export interface Completed {
  readonly protocol: { readonly otlp: BackendSettings };
  readonly resolver: ResolverSettings;
  readonly routing_key: RoutingKey | '';
  readonly routing_attributes: readonly string[];
  readonly timeout: number;
  readonly retry_on_failure: Delivery['retry_on_failure'];
  readonly sending_queue: Delivery['sending_queue'];
  readonly ring: RingKind;
  readonly sticky: number;
}

const defaultStickyMs = 30_000;
const noStorageOfBackends =
  'backends come and go, and what a storage has of one that is gone is sent to nobody; give the queue before the balancer a storage: sending_queue.storage';

const otlp = z.strictObject({ endpoint: z.string().optional(), ...otlpGrpcClientShape, ...deliveryShape });

/** A section that is off unless it is there. */
function off<Z extends z.ZodType>(schema: Z): z.ZodType<z.output<Z>, z.input<Z>> {
  return z.preprocess((value) => {
    if (value === undefined) return { enabled: false };
    return value ?? {};
  }, schema) as never;
}

export const schema: z.ZodType<Completed, LoadBalancingExporterConfig> = z
  .strictObject({
    protocol: z.strictObject({ otlp: z.preprocess((value) => value ?? {}, otlp) }),
    resolver: resolverSchema,
    routing_key: z
      .enum(['', 'traceID', 'service', 'attributes', 'resource', 'metric', 'streamID'])
      .default(''),
    routing_attributes: z.array(z.string().min(1)).readonly().default([]),
    timeout: duration().default(0),
    retry_on_failure: off(deliveryShape.retry_on_failure),
    sending_queue: off(deliveryShape.sending_queue),
    ring: z.enum(['g1', 'g2', 'g3', 'tributary']).default('g3'),
    sticky: duration().optional(),
  })
  .superRefine(({ routing_key: key, routing_attributes: attributes, protocol }, context) => {
    if (protocol.otlp.sending_queue.storage !== undefined) {
      const path = ['protocol', 'otlp', 'sending_queue', 'storage'];
      context.addIssue({ code: 'custom', path, message: noStorageOfBackends });
    }
    const refuse = (message: string): void =>
      context.addIssue({ code: 'custom', path: ['routing_attributes'], message });
    if (key === 'attributes' && attributes.length === 0)
      refuse('must not be empty with routing_key attributes');
    if (key !== 'attributes' && attributes.length > 0)
      refuse('has an effect with routing_key attributes only');
  })
  .transform(({ sticky, ...config }) => ({
    ...config,
    sticky: sticky ?? (config.ring === 'tributary' ? defaultStickyMs : 0),
  })) as never;
