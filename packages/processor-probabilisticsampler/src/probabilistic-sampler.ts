import { defineProcessor, type ProcessorFactory } from '@tributary/component';
import { schema, type ProbabilisticSamplerConfig } from './config.js';
import { createRecordSampler } from './records.js';
import { createSpanSampler } from './spans.js';

/**
 * Keeps a share of spans and log records, chosen by chance that every collector agrees on, so that traces stay
 * whole whichever collector their spans come to.
 *
 * @example
 * const tenth = probabilisticSampler({ sampling_percentage: 10, mode: 'proportional' });
 */
export const probabilisticSampler: ProcessorFactory<ProbabilisticSamplerConfig, 'traces' | 'logs'> =
  defineProcessor({
    type: 'probabilistic_sampler',
    stability: 'beta',
    config: schema,
    traces: createSpanSampler,
    logs: createRecordSampler,
  });
