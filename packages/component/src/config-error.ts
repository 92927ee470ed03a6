import type { z } from 'zod';

/** One thing that is wrong with a config. */
export interface ConfigProblem {
  /** From the top of the configuration: `['exporters', 'otlp', 'sending_queue', 'queue_size']`. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

const brand: unique symbol = Symbol.for('tributary/ConfigError') as never;

/** A config that cannot be used: all that is wrong with it, a line each. Recognised by `ConfigError.is`. */
export class ConfigError extends Error {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[], options?: ErrorOptions) {
    super(problems.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'), options);
    this.name = 'ConfigError';
    this.problems = problems;
    Object.defineProperty(this, brand, { value: true });
  }

  static is(error: unknown): error is ConfigError {
    return typeof error === 'object' && error !== null && brand in error;
  }
}

/** Checks and completes a config; `path` says where it stands. @throws {ConfigError} */
export function completeConfig<Z extends z.ZodType>(
  schema: Z,
  config: unknown,
  path: readonly string[],
): z.output<Z> {
  const result = schema.safeParse(config);
  if (result.success) return result.data;
  throw new ConfigError(
    result.error.issues.flatMap((issue) => problemsOf(issue, [...path, ...issue.path.map(keyOf)])),
  );
}

function problemsOf(issue: z.core.$ZodIssue, path: readonly (string | number)[]): ConfigProblem[] {
  if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
  return issue.keys.map((key) => ({ path: [...path, key], message: 'unknown key' }));
}

function keyOf(key: PropertyKey): string | number {
  return typeof key === 'symbol' ? String(key) : key;
}
