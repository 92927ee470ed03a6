import type { Runtime } from '@tributary/component';
import type { ResolverSettings } from './config.js';
import { createDnsResolver } from './dns-resolver.js';
import { createK8sResolver, type K8sSurroundings } from './k8s-resolver.js';
import type { Resolver } from './resolver.js';
import { createStaticResolver } from './static-resolver.js';

/** Makes the one resolver that the config names. `surroundings` stand in place of a cluster. */
export function createResolver(
  config: ResolverSettings,
  runtime: Runtime,
  surroundings?: K8sSurroundings,
): Resolver {
  if (config.static !== undefined) return createStaticResolver(config.static);
  if (config.dns !== undefined) return createDnsResolver(config.dns, runtime);
  if (config.k8s !== undefined) return createK8sResolver(config.k8s, runtime, surroundings);
  if (config.custom !== undefined) return config.custom(runtime);
  throw new TypeError('no resolvers specified for the exporter');
}
