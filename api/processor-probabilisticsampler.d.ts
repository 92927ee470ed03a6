// @tributary/processor-probabilisticsampler: what the package exports, written by scripts/api.mjs.
import { ProcessorFactory } from '@tributary/component';

export interface ProbabilisticSamplerConfig {
  readonly sampling_percentage?: number | undefined;
  readonly hash_seed?: number | undefined;
  readonly mode?: '' | 'hash_seed' | 'equalizing' | 'proportional' | undefined;
  readonly fail_closed?: boolean | undefined;
  readonly sampling_precision?: number | undefined;
  readonly already_sampled?: 'error' | 'equalizing' | 'proportional' | undefined;
  readonly attribute_source?: 'traceID' | 'record' | undefined;
  readonly from_attribute?: string | undefined;
  readonly sampling_priority?: string | undefined;
}
export declare const probabilisticSampler: ProcessorFactory<ProbabilisticSamplerConfig, 'traces' | 'logs'>;
