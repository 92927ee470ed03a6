import type { z } from 'zod';
import { configMessage, required } from './config-message.js';
import { nearest } from './nearest.js';

/** One thing that is wrong with a config. */
export interface ConfigProblem {
  /** From the top of the configuration: `['exporters', 'otlp', 'sending_queue', 'queue_size']`. */
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** What the message was made of, for a loader that knows more than it tells. */
  readonly cause?: ConfigProblemCause | undefined;
}

/** Why a part of a config was refused, where its schema says so. */
export type ConfigProblemCause =
  | { readonly kind: 'unknown-key'; readonly known: readonly string[] }
  | { readonly kind: 'missing' }
  /** Another type of value was asked for, in zod's words: `string`, `int`, `array`, `record`, `extension`. */
  | { readonly kind: 'type'; readonly expected: string }
  /** One of these was asked for. */
  | { readonly kind: 'value'; readonly values: readonly unknown[] };

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
  const checked = checkConfig(schema, config, path);
  if (checked.problems === undefined) return checked.config;
  throw new ConfigError(checked.problems);
}

/** The completed config, or what is wrong with it. */
export type CheckedConfig<T> =
  { readonly config: T; readonly problems?: undefined } | { readonly problems: readonly ConfigProblem[] };

/** As {@link completeConfig}, for those who try again with another reading of what was written. */
export function checkConfig<Z extends z.ZodType>(
  schema: Z,
  config: unknown,
  path: readonly string[],
): CheckedConfig<z.output<Z>> {
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
  if (result.success) return { config: result.data };

  function problemsOf(issue: z.core.$ZodIssue, above: readonly (string | number)[]): ConfigProblem[] {
    const at = [...above, ...issue.path.map(keyOf)];
    if (issue.code === 'invalid_union' && issue.errors.length > 0) {
      return nearestBranch(issue.errors).flatMap((inner) => problemsOf(inner, at));
    }
    if (issue.code !== 'unrecognized_keys') {
      return [{ path: at, message: withoutObjects(issue.message), ...causeOf(issue) }];
    }
    return issue.keys.map((key) => {
      const known = knownKeys.get(issue.keys) ?? [];
      const meant = nearest(key, known);
      const message = meant === undefined ? 'unknown key' : `unknown key; did you mean ${meant}?`;
      return { path: [...at, key], message, cause: { kind: 'unknown-key', known } };
    });
  }
  return { problems: result.error.issues.flatMap((issue) => problemsOf(issue, path)) };
}

/** Messages of schemas quote what they were given, and an object says nothing of itself. */
function withoutObjects(message: string): string {
  return message.replace(/"?\[object Object\]"?/g, 'an object');
}

function causeOf(issue: z.core.$ZodIssue): { readonly cause?: ConfigProblemCause } {
  if (issue.code === 'invalid_type') {
    // What was there is dropped from an issue by default, and "required" is what we say of undefined alone.
    const isMissing = issue.message === required;
    return { cause: isMissing ? { kind: 'missing' } : { kind: 'type', expected: issue.expected } };
  }
  if (issue.code === 'invalid_value') {
    const isMissing = issue.message === required;
    return { cause: isMissing ? { kind: 'missing' } : { kind: 'value', values: issue.values } };
  }
  if (issue.code !== 'custom') return {};
  const { expected, values }: Readonly<Record<string, unknown>> = issue.params ?? {};
  if (typeof expected === 'string') return { cause: { kind: 'type', expected } };
  if (Array.isArray(values)) return { cause: { kind: 'value', values } };
  return issue.message === required ? { cause: { kind: 'missing' } } : {};
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
