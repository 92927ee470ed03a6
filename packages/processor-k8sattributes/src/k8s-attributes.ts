import {
  defineProcessor,
  type Batch,
  type Context,
  type ProcessorFactory,
  type ProcessorSettings,
  type Signal,
  type Transform,
} from '@tributary/component';
import type { Attributes } from '@tributary/pdata';
import { splitHostPort } from '@tributary/transport';
import { Cluster, type ClusterSurroundings } from './cluster.js';
import { schema, type Completed, type K8sAttributesConfig } from './config.js';
import { enrich, passThrough } from './enrich.js';

function part<S extends Signal>({
  config,
  shared: cluster,
}: ProcessorSettings<Completed, S, Cluster>): Transform<S> {
  const edit = config.passthrough ? passThrough : enrich;
  return {
    process(batch, { client }: Context) {
      const sender = hostOf(client.address);
      for (const attributes of resourcesOf(batch)) edit(attributes, sender, cluster);
    },
  };
}

/** Of `host:port`; empty where there is none, as of a socket file. */
function hostOf(address = ''): string {
  const parts = splitHostPort(address);
  return typeof parts === 'string' ? '' : parts.host;
}

function* resourcesOf(batch: Batch<Signal>): Iterable<Attributes> {
  for (const { resource } of groupsOf(batch)) yield resource.attributes;
}

function groupsOf(
  batch: Batch<Signal>,
): Iterable<{ readonly resource: { readonly attributes: Attributes } }> {
  switch (batch.signal) {
    case 'traces':
      return batch.resourceSpans();
    case 'metrics':
      return batch.resourceMetrics();
    case 'logs':
      return batch.resourceLogs();
    case 'profiles':
      return batch.resourceProfiles();
  }
}

/** A {@link k8sAttributes} that asks another API server than that around it: a test's, say. */
export function createK8sAttributes(surroundings: ClusterSurroundings): typeof k8sAttributes {
  return defineProcessor({
    type: 'k8s_attributes',
    aliases: ['k8sattributes'],
    stability: 'beta',
    config: schema,
    shared: (settings) => new Cluster(settings, surroundings),
    traces: part<'traces'>,
    metrics: part<'metrics'>,
    logs: part<'logs'>,
    profiles: part<'profiles'>,
  });
}

/**
 * Adds to resources what the Kubernetes cluster knows of their pods. Also known as `k8sattributes`.
 *
 * @example
 * const processors = [k8sAttributes({ extract: { metadata: ['k8s.pod.name', 'k8s.deployment.name'] } }), batch()];
 */
export const k8sAttributes: ProcessorFactory<K8sAttributesConfig, Signal> = createK8sAttributes({});
