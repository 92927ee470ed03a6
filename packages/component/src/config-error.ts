import type { z } from 'zod';
import { configMessage } from './config-message.js';
import { nearest } from './nearest.js';

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
  // zod reports the unknown keys of an object in one issue and without the known
  // ones, which only its error map sees; the list of keys is what both share.
  const knownKeys = new WeakMap<readonly string[], readonly string[]>();
  const result = schema.safeParse(config, {
    error(issue) {
      if (issue.code !== 'unrecognized_keys') return configMessage(issue);
      knownKeys.set(issue.keys, keysOf(issue.inst));
      return undefined;
    },
  });
  if (result.success) return result.data;

  function problemsOf(issue: z.core.$ZodIssue, above: readonly (string | number)[]): ConfigProblem[] {
    const at = [...above, ...issue.path.map(keyOf)];
    if (issue.code === 'invalid_union' && issue.errors.length > 0) {
      return nearestBranch(issue.errors).flatMap((inner) => problemsOf(inner, at));
    }
    if (issue.code !== 'unrecognized_keys') return [{ path: at, message: issue.message }];
    return issue.keys.map((key) => {
      const meant = nearest(key, knownKeys.get(issue.keys) ?? []);
      const message = meant === undefined ? 'unknown key' : `unknown key; did you mean ${meant}?`;
      return { path: [...at, key], message };
    });
  }
  throw new ConfigError(result.error.issues.flatMap((issue) => problemsOf(issue, path)));
}

/** Of the alternatives of a union, the one that the value comes nearest to. */
function nearestBranch(branches: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] {
  const isOfKind = (issues: readonly z.core.$ZodIssue[]): boolean =>
    !issues.some((issue) => issue.code === 'invalid_type' && issue.path.length === 0);
  const alike = branches.filter(isOfKind);
  return (alike.length > 0 ? alike : branches).reduce((best, branch) =>
    branch.length < best.length ? branch : best,
  );
}

function keysOf(schema: unknown): readonly string[] {
  const { shape } = (schema as { _zod?: { def?: { shape?: object } } } | undefined)?._zod?.def ?? {};
  return Object.keys(shape ?? {});
}

function keyOf(key: PropertyKey): string | number {
  return typeof key === 'symbol' ? String(key) : key;
}
