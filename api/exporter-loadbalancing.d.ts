// @tributary/exporter-loadbalancing: what the package exports, written by scripts/api.mjs.
import { Duration, ExporterFactory, Runtime } from '@tributary/component';
import { QueueConfig, RetryConfig } from '@tributary/delivery';
import { OtlpGrpcClientConfig, OtlpGrpcTransport } from '@tributary/otlp';
import { Batch, Signal } from '@tributary/pdata';

export type Choose = (key: Uint8Array, bytes: Buffer, start: number, end: number) => number;
export interface Decisions {
  start(): Promise<void>;
  backendOf(traceId: Uint8Array, startMs: number): string | undefined;
  tryOut(backend: string): Promise<void>;
}
export interface DecisionsOptions {
  readonly transport: OtlpGrpcTransport;
  readonly makeRing?: typeof createRing | undefined;
}
export interface LoadBalancingExporterConfig {
  readonly protocol: LoadBalancingProtocolConfig;
  readonly resolver: ResolverConfig;
  readonly routing_key?: RoutingKey | '' | undefined;
  readonly routing_attributes?: readonly string[] | undefined;
  readonly timeout?: Duration | undefined;
  readonly retry_on_failure?: RetryConfig | undefined;
  readonly sending_queue?: QueueConfig | null | undefined;
  readonly ring?: RingKind | undefined;
  readonly sticky?: Duration | undefined;
}
export interface LoadBalancingOtlpConfig extends OtlpGrpcClientConfig {
  readonly endpoint?: string | undefined;
  readonly timeout?: Duration | undefined;
  readonly retry_on_failure?: RetryConfig | undefined;
  readonly sending_queue?: QueueConfig | undefined;
}
export interface LoadBalancingProtocolConfig {
  readonly otlp?: LoadBalancingOtlpConfig | null | undefined;
}
export type MakeResolver = (runtime: Runtime) => Resolver;
export interface Resolver {
  readonly name: string;
  start(
    onChange: (backends: readonly string[]) => void,
    onFailure: (error: Error) => void,
    onAnswer: () => void,
  ): Promise<void>;
  stop(): void | Promise<void>;
}
export interface ResolverConfig {
  readonly static?: StaticResolverConfig | undefined;
  readonly dns?: DnsResolverConfig | undefined;
  readonly k8s?: K8sResolverConfig | undefined;
  readonly custom?: MakeResolver | undefined;
}
export interface Ring {
  readonly backends: readonly string[];
  owner(key: Uint8Array, start: number, end: number, isOut?: (backend: number) => boolean): number;
}
export type RingKind = 'g1' | 'g2' | 'g3' | 'tributary';
export type RoutedSignal = Extract<Signal, 'traces' | 'metrics' | 'logs'>;
export type RoutingKey = 'traceID' | 'service' | 'attributes' | 'resource' | 'metric' | 'streamID';
export interface Splitter<S extends RoutedSignal> {
  split(batch: Batch<S>, choose: Choose): Map<number, Batch<S>>;
}
export type Xxh64 = (bytes: Uint8Array) => bigint;
export declare function createDecisions(
  config: LoadBalancingExporterConfig,
  runtime: Runtime,
  { transport, makeRing }: DecisionsOptions,
): Decisions;
export declare function createLoadBalancingExporter(
  transport: OtlpGrpcTransport,
): typeof loadBalancingExporter;
export declare function createRing(kind: RingKind, backends: readonly string[], xxh64: Xxh64): Ring;
export declare function createSplitter<S extends RoutedSignal>(
  signal: S,
  routingKey: RoutingKey,
  options: KeyingOptions,
): Splitter<S>;
export declare const loadBalancingExporter: ExporterFactory<LoadBalancingExporterConfig, RoutedSignal>;
export declare function loadXxh64(): Promise<Xxh64>;

// Not exported, but referred to above.
interface DnsResolverConfig {
  readonly hostname: string;
  readonly port?: string | number | undefined;
  readonly interval?: Duration | undefined;
  readonly timeout?: Duration | undefined;
  readonly srv?: boolean | undefined;
  readonly return_hostnames?: boolean | undefined;
  readonly server?: string | undefined;
}
interface K8sResolverConfig {
  readonly service: string;
  readonly ports?: readonly number[] | undefined;
  readonly timeout?: Duration | undefined;
  readonly return_hostnames?: boolean | undefined;
}
interface KeyingOptions {
  readonly attributes: readonly string[];
  readonly xxh64: Xxh64;
  readonly random: () => number;
}
interface StaticResolverConfig {
  readonly hostnames: readonly string[];
}
