// For users.
export { loadBalancingExporter } from './load-balancing.js';
export type {
  LoadBalancingExporterConfig,
  LoadBalancingOtlpConfig,
  LoadBalancingProtocolConfig,
} from './config.js';
export type { MakeResolver, Resolver } from './resolver/resolver.js';
export type { ResolverConfig } from './resolver/config.js';
export type { Ring, RingKind } from './ring/ring.js';
export type { RoutedSignal, RoutingKey } from './routing/routing-key.js';

// For tests, simulations and benchmarks.
export { createLoadBalancingExporter } from './load-balancing.js';
export { createDecisions, type Decisions, type DecisionsOptions } from './decisions.js';
export { createRing } from './ring/create.js';
export { loadXxh64, type Xxh64 } from './ring/xxh64.js';
export { createSplitter, type Choose, type Splitter } from './routing/splitter.js';
