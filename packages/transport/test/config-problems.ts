import { completeConfig, ConfigError } from '@tributary/component';
import type { z } from 'zod';

/** What is wrong with a config, each as `key.key: message`. */
export function problemsOf(schema: z.ZodType, config: unknown): string[] {
  try {
    completeConfig(schema, config, []);
  } catch (error) {
    if (!ConfigError.is(error)) throw error;
    return error.problems.map(({ path, message }) => `${path.join('.')}: ${message}`);
  }
  return [];
}
