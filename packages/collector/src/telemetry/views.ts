import {
  AggregationType,
  createAllowListAttributesProcessor,
  createDenyListAttributesProcessor,
  InstrumentType,
  type AggregationOption,
  type IAttributesProcessor,
  type ViewOptions,
} from '@opentelemetry/sdk-metrics';
import type {
  TelemetryAggregationConfig,
  TelemetryAttributeKeysConfig,
  TelemetryViewConfig,
} from '../config.js';

/** A view of the config as the SDK takes it. */
export function viewOf({ selector, stream }: TelemetryViewConfig): ViewOptions {
  const options: { [K in keyof ViewOptions]: ViewOptions[K] | undefined } = {
    instrumentName: selector.instrument_name,
    instrumentType:
      selector.instrument_type &&
      InstrumentType[selector.instrument_type.toUpperCase() as keyof typeof InstrumentType],
    instrumentUnit: selector.unit,
    meterName: selector.meter_name,
    meterVersion: selector.meter_version,
    meterSchemaUrl: selector.meter_schema_url,
    name: stream.name,
    description: stream.description,
    aggregation: stream.aggregation && aggregationOf(stream.aggregation),
    attributesProcessors: stream.attribute_keys && processorsOf(stream.attribute_keys),
  };
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as ViewOptions;
}

function aggregationOf({
  drop,
  last_value: lastValue,
  sum,
  ...rest
}: TelemetryAggregationConfig): AggregationOption {
  if (drop !== undefined) return { type: AggregationType.DROP };
  if (lastValue !== undefined) return { type: AggregationType.LAST_VALUE };
  if (sum !== undefined) return { type: AggregationType.SUM };
  const { explicit_bucket_histogram: buckets } = rest;
  if (buckets === undefined) return { type: AggregationType.DEFAULT };
  const { boundaries, record_min_max: recordMinMax = true } = buckets;
  return boundaries === undefined
    ? { type: AggregationType.EXPLICIT_BUCKET_HISTOGRAM }
    : {
        type: AggregationType.EXPLICIT_BUCKET_HISTOGRAM,
        options: { boundaries: [...boundaries], recordMinMax },
      };
}

function processorsOf({ included, excluded = [] }: TelemetryAttributeKeysConfig): IAttributesProcessor[] {
  return [
    ...(included === undefined ? [] : [createAllowListAttributesProcessor([...included])]),
    ...(excluded.length === 0 ? [] : [createDenyListAttributesProcessor([...excluded])]),
  ];
}
