import type { Completed } from './config.js';
import { bucketsOf } from './hash-seed.js';

/** What a configuration does that was hardly meant, for the log. */
export function warningsOf(config: Completed, signal: 'traces' | 'logs'): readonly string[] {
  const { mode, sampling_percentage: percentage, from_attribute: source } = config;
  const warnings: string[] = [];
  if (mode === 'hash_seed' && percentage > 0 && bucketsOf(percentage) === 0) {
    warnings.push('sampling_percentage is less than mode hash_seed can keep: it keeps nothing');
  }
  if (signal === 'traces') return warnings;
  if (mode !== 'hash_seed' && source !== '') {
    warnings.push(`from_attribute has no effect in mode ${mode}`);
  }
  if (mode === 'hash_seed' && config.attribute_source === 'record' && source === '') {
    warnings.push(
      'attribute_source is record and from_attribute is empty: no log record can be decided about',
    );
  }
  return warnings;
}
