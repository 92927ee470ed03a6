import {
  defineProcessor,
  type Batch,
  type ProcessorFactory,
  type Signal,
  type Transform,
} from '@tributary/component';
import type { ResourceLogs, ResourceMetrics, ResourceProfiles, ResourceSpans } from '@tributary/pdata';
import { schema, type Completed, type ResourceDetectionConfig } from './config.js';
import { createDetection, type DetectedResource, type Detection } from './detection.js';
import { realSurroundings, type Surroundings } from './surroundings.js';

/** Records with one resource. */
type Group = ResourceSpans | ResourceMetrics | ResourceLogs | ResourceProfiles;

/** Puts what was found into every resource of a batch: once for each group, whatever the number of its records. */
function createEditor<S extends Signal>(
  { config: { override }, shared: detection }: { readonly config: Completed; readonly shared: Detection },
  groupsOf: (batch: Batch<S>) => Iterable<Group>,
): Transform<S> {
  return {
    process(batch) {
      const { resource } = detection;
      if (resource.attributes.length === 0 && resource.schemaUrl === '') return;
      for (const group of groupsOf(batch)) edit(group, resource, override);
    },
  };
}

function edit(group: Group, { attributes: detected, schemaUrl }: DetectedResource, override: boolean): void {
  if (detected.length > 0) {
    const { attributes } = group.resource;
    for (const [key, value] of detected) if (override || !attributes.has(key)) attributes.set(key, value);
  }
  if (schemaUrl !== '' && group.schemaUrl === '') group.schemaUrl = schemaUrl;
}

/** A {@link resourceDetection} in other surroundings than this machine, for tests and simulations. */
export function createResourceDetection(
  surroundings: Partial<Surroundings>,
): ProcessorFactory<ResourceDetectionConfig, Signal> {
  const all = { ...realSurroundings, ...surroundings };
  return defineProcessor({
    type: 'resource_detection',
    aliases: ['resourcedetection'],
    stability: 'beta',
    config: schema,
    shared: (settings) => createDetection(settings, all),
    traces: (settings) => createEditor<'traces'>(settings, (traces) => traces.resourceSpans()),
    metrics: (settings) => createEditor<'metrics'>(settings, (metrics) => metrics.resourceMetrics()),
    logs: (settings) => createEditor<'logs'>(settings, (logs) => logs.resourceLogs()),
    profiles: (settings) => createEditor<'profiles'>(settings, (profiles) => profiles.resourceProfiles()),
  });
}

/**
 * Finds out about the host, the cloud and the cluster when it starts, and adds that to the resource of all telemetry.
 *
 * @example
 * const where = resourceDetection({ detectors: ['env', 'system', 'docker'] });
 */
export const resourceDetection: ProcessorFactory<ResourceDetectionConfig, Signal> = createResourceDetection(
  {},
);
