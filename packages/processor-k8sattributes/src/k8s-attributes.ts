import {
  defineProcessor,
  type Batch,
  type ProcessorFactory,
  type ProcessorSettings,
  type Signal,
  type Transform,
} from '@tributary/component';
import type { ResourceLogs, ResourceMetrics, ResourceProfiles, ResourceSpans } from '@tributary/pdata';
import { splitHostPort } from '@tributary/transport';
import { Cluster, type ClusterSurroundings } from './cluster.js';
import { schema, type Completed, type K8sAttributesConfig } from './config.js';
import { enrich, passThrough } from './enrich.js';

/** Records with one resource. */
type Group = ResourceSpans | ResourceMetrics | ResourceLogs | ResourceProfiles;

function part<S extends Signal>(
  { config, shared: cluster }: ProcessorSettings<Completed, S, Cluster>,
  groupsOf: (batch: Batch<S>) => Iterable<Group>,
): Transform<S> {
  const edit = config.passthrough ? passThrough : enrich;
  return {
    process(batch, { client }) {
      const sender = hostOf(client.address);
      for (const { resource } of groupsOf(batch)) edit(resource.attributes, sender, cluster);
    },
  };
}

/** Of `host:port`; empty where there is none, as of a socket file. */
function hostOf(address = ''): string {
  const parts = splitHostPort(address);
  return typeof parts === 'string' ? '' : parts.host;
}

/** A {@link k8sAttributes} that asks another API server than that around it: a test's, say. */
export function createK8sAttributes(surroundings: ClusterSurroundings): typeof k8sAttributes {
  return defineProcessor({
    type: 'k8s_attributes',
    aliases: ['k8sattributes'],
    stability: 'beta',
    config: schema,
    shared: (settings) => new Cluster(settings, surroundings),
    traces: (settings) => part<'traces'>(settings, (traces) => traces.resourceSpans()),
    metrics: (settings) => part<'metrics'>(settings, (metrics) => metrics.resourceMetrics()),
    logs: (settings) => part<'logs'>(settings, (logs) => logs.resourceLogs()),
    profiles: (settings) => part<'profiles'>(settings, (profiles) => profiles.resourceProfiles()),
  });
}

/**
 * Adds to resources what the Kubernetes cluster knows of their pods. Also known as `k8sattributes`.
 *
 * @example
 * const processors = [k8sAttributes({ extract: { metadata: ['k8s.pod.name', 'k8s.deployment.name'] } }), batch()];
 */
export const k8sAttributes: ProcessorFactory<K8sAttributesConfig, Signal> = createK8sAttributes({});
