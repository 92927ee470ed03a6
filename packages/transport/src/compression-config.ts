import { oneOf } from '@tributary/component';
import type { z } from 'zod';
import { compressionProblem, type Compression } from './compression.js';

/**
 * The schema of a client's `compression`: one of `types`, of which zstd only where this process can send it.
 * `others`, which the Collector knows and the client does not have, are refused by name.
 */
export function compressionSchema<const C extends Compression | 'none' | ''>(
  types: readonly C[],
  others: readonly string[] = [],
): z.ZodType<C, C> {
  return oneOf(types, others, 'unsupported compression type').superRefine((type, context) => {
    const message = type === 'zstd' ? compressionProblem('zstd') : undefined;
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });
}
