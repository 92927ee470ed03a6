import type { Attributes } from '@opentelemetry/api';
import type { TelemetryMetricsLevel } from '../config.js';

const fromNormal: ReadonlySet<string> = new Set([
  'otelcol_processor_batch_batch_send_size',
  'otelcol_processor_batch_batch_size_trigger_send',
  'otelcol_processor_batch_timeout_trigger_send',
  'otelcol_processor_batch_metadata_cardinality',
]);
const fromDetailed: ReadonlySet<string> = new Set([
  'otelcol_processor_internal_duration',
  'otelcol_processor_batch_batch_send_size_bytes',
  'otelcol_exporter_enqueue_size',
  'otelcol_exporter_enqueue_size_bytes',
  'otelcol_exporter_queue_batch_send_size',
  'otelcol_exporter_queue_batch_send_size_bytes',
]);
/** Of libraries that speak gRPC and HTTP. */
const libraryPrefixes: readonly string[] = ['rpc.', 'http.'];

const order: readonly TelemetryMetricsLevel[] = ['none', 'basic', 'normal', 'detailed'];

/** Whether a metric is measured at a level. What the table does not name is, from `basic` on. */
export function isMeasuredAt(level: TelemetryMetricsLevel, name: string): boolean {
  return order.indexOf(level) >= order.indexOf(leastLevel(name));
}

function leastLevel(name: string): TelemetryMetricsLevel {
  if (fromDetailed.has(name) || libraryPrefixes.some((prefix) => name.startsWith(prefix))) return 'detailed';
  return fromNormal.has(name) ? 'normal' : 'basic';
}

/** The attributes of a metric at a level: why a send failed is told at `detailed` alone. */
export function attributesAt(
  level: TelemetryMetricsLevel,
  name: string,
): (attributes: Attributes) => Attributes {
  if (level === 'detailed' || !name.startsWith('otelcol_exporter_send_failed_'))
    return (attributes) => attributes;
  return ({ 'error.type': _type, 'error.permanent': _permanent, ...rest }) => rest;
}
