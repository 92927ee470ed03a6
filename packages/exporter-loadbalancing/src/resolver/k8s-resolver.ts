import type { Runtime } from '@tributary/component';
import {
  createApiClient,
  inClusterAccess,
  watchObjects,
  type ApiClient,
  type ApiClientOptions,
  type InClusterOptions,
  type Watch,
} from '@tributary/kubernetes';
import { formatHostPort } from '@tributary/transport';
import { tellChanges } from './changes.js';
import type { K8sResolverSettings } from './config.js';
import { endpointsInUse, readEndpointSlice, type EndpointSlice } from './endpoint-slice.js';
import type { Resolver } from './resolver.js';

/** What a test or a simulation puts in place of the cluster. */
export interface K8sSurroundings
  extends Pick<ApiClientOptions, 'transport'>, Pick<InClusterOptions, 'environment'> {}

/** Watches the EndpointSlices of a service. */
export function createK8sResolver(
  config: K8sResolverSettings,
  runtime: Runtime,
  { transport, environment }: K8sSurroundings = {},
): Resolver {
  let isStopped = false;
  let client: ApiClient | undefined;
  let watch: Watch | undefined;

  return {
    name: 'k8s',
    async start(onChange, onFailure, onAnswer) {
      const tell = tellChanges(onChange);
      // Outside a cluster there will be none later either: the exporter must not start.
      const access = await inClusterAccess({ runtime, environment });
      if (isStopped) return;
      // A namespace has no dot: what follows it, as in `name.namespace.svc.cluster.local`, is the domain of the cluster.
      const [service = '', namespace = access.namespace] = config.service.split('.');
      client = createApiClient({ access, runtime, timeoutMs: config.timeout, transport });
      watch = watchObjects<EndpointSlice>({
        client,
        runtime,
        path: `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`,
        labelSelector: `kubernetes.io/service-name=${service}`,
        read: readEndpointSlice,
        onChange(slices) {
          const backends = backendsOf(config, `${service}.${namespace}`, slices.values());
          if (isStopped) return;
          if (backends instanceof Error) onFailure(backends);
          else {
            onAnswer();
            tell(backends);
          }
        },
        onFailure(error) {
          if (!isStopped) onFailure(error);
        },
      });
      await watch.ready;
    },
    async stop() {
      isStopped = true;
      await watch?.stop();
      await client?.close();
    },
  };
}

function backendsOf(
  { ports, return_hostnames: asHostnames }: K8sResolverSettings,
  domain: string,
  slices: Iterable<EndpointSlice>,
): string[] | Error {
  const backends: string[] = [];
  for (const { addresses, hostname } of endpointsInUse(slices)) {
    if (asHostnames && hostname === undefined) {
      return new Error(
        `${domain}: the pod of ${addresses.join(', ')} has no hostname, which return_hostnames asks for`,
      );
    }
    const hosts = asHostnames ? [`${hostname}.${domain}`] : addresses;
    for (const host of hosts) {
      if (ports.length === 0) backends.push(host.includes(':') ? `[${host}]` : host);
      for (const port of ports) backends.push(formatHostPort(host, port));
    }
  }
  return backends;
}
