import { isDeepStrictEqual } from 'node:util';
import type { ComponentDefinition } from '@tributary/component';
import type { Plain } from './to-yaml.js';

/** A zod type. */
type Schema = ComponentDefinition['config'];
type Map = Readonly<Record<string, Plain>>;

/** The extensions that a configuration names in its settings, by id. */
export type Extensions = ReadonlyMap<string, object>;

/**
 * What was written for a component, with the defaults of its schema beside it, in the form in which one writes it.
 * It means the same, and can be given as a configuration again.
 */
export function withSchemaDefaults(schema: Schema, written: Map, extensions: Extensions = new Map()): Map {
  const filled = withDefaults(schema, written, extensions);
  // Once more, for the order of the keys.
  return withDefaults(schema, withDerived(schema, filled, extensions), extensions);
}

function withDefaults(schema: Schema, written: Map, extensions: Extensions): Map {
  let filled = fill(schema, written) as Map;
  // A schema may mind a default that is written down, as where two keys exclude each other: those are left out.
  for (let left = 8; left > 0; left--) {
    const result = parse(schema, filled, extensions);
    const extra = result.success ? [] : result.error.issues.flatMap(({ path }) => addedPath(written, path));
    if (extra.length === 0) break;
    for (const path of extra) filled = without(filled, path) as Map;
  }
  return filled;
}

/**
 * Adds what a schema derives from the keys beside it, such as the unit of a queue, as far as it comes to the same
 * when it is written down.
 */
function withDerived(schema: Schema, filled: Map, extensions: Extensions): Map {
  const completed = parse(schema, filled, extensions);
  if (!completed.success) return filled;
  let result = filled;
  for (const [path, value] of derived(schema, filled, completed.data)) {
    const more = withValue(result, path, value) as Map;
    const again = parse(schema, more, extensions);
    if (again.success && isDeepStrictEqual(again.data, completed.data)) result = more;
  }
  return result;
}

type Derived = readonly [path: readonly string[], value: Plain];

/** The keys of a section that have no value, and that it has one for when it is complete; the innermost first. */
function derived(schema: Schema, filled: Plain, completed: unknown): Derived[] {
  const def = defOf(schema);
  switch (def.type) {
    case 'object':
      if (!isMap(filled) || !isMap(completed)) return [];
      return Object.entries(def.shape)
        .flatMap(([key, inner]): Derived[] => {
          const value = completed[key];
          if (key in filled) {
            return derived(inner, filled[key]!, value).map(([path, each]) => [[key, ...path], each]);
          }
          const isText = Array.isArray(value) && value.every((item) => typeof item === 'string');
          const isOne = ['string', 'number', 'boolean'].includes(typeof value);
          return isText || isOne ? [[[key], asWritten(inner, value)]] : [];
        })
        .toSorted(([a], [b]) => b.length - a.length);
    case 'default':
    case 'prefault':
    case 'optional':
    case 'nullable':
    case 'readonly':
    case 'nonoptional':
      return derived(def.innerType, filled, completed);
    case 'pipe':
      return derived(defOf(def.in).type === 'transform' ? def.out : def.in, filled, completed);
    default:
      return [];
  }
}

/** What a schema makes of a section, with the extensions themselves in place of their ids. */
function parse(schema: Schema, section: Map, extensions: Extensions): ReturnType<Schema['safeParse']> {
  const result = schema.safeParse(section);
  const ids = (result.error?.issues ?? []).filter(
    (issue) => issue.code === 'custom' && issue.params?.['expected'] === 'extension',
  );
  if (ids.length === 0) return result;
  return schema.safeParse(
    ids.reduce<unknown>((value, { path }) => {
      const extension = extensions.get(String(valueAt(value, path)));
      return extension === undefined ? value : withValue(value, path, extension);
    }, section),
  );
}

function valueAt(section: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce((value, key) => (value as Map | undefined)?.[String(key)], section);
}

/** The zod types that the schemas of components are made of, as far as a default may be inside. */
type Def =
  | { readonly type: 'object'; readonly shape: Readonly<Record<string, Schema>> }
  | { readonly type: 'default' | 'prefault'; readonly innerType: Schema; readonly defaultValue: unknown }
  | { readonly type: 'optional' | 'nullable' | 'readonly' | 'nonoptional'; readonly innerType: Schema }
  | { readonly type: 'pipe'; readonly in: Schema; readonly out: Schema }
  | { readonly type: 'transform'; readonly transform: (value: unknown, context: object) => unknown }
  | { readonly type: 'array'; readonly element: Schema }
  | { readonly type: 'record'; readonly valueType: Schema }
  | { readonly type: 'union'; readonly options: readonly Schema[] }
  | { readonly type: 'custom' };

function defOf(schema: Schema): Def {
  return schema._zod.def as unknown as Def;
}

/** `undefined` is a key that is not there, and for which there is no default. */
function fill(schema: Schema, value: Plain | undefined): Plain | undefined {
  const def = defOf(schema);
  switch (def.type) {
    case 'object': {
      if (value === undefined) return undefined;
      const map = value ?? {};
      if (!isMap(map)) return value;
      const filled = Object.entries(def.shape).map(([key, inner]) => [key, fill(inner, map[key])] as const);
      const all = { ...Object.fromEntries(filled), ...unknownKeys(map, def.shape) };
      return Object.fromEntries(Object.entries(all).filter(([, each]) => each !== undefined)) as Map;
    }
    case 'default':
      return fill(def.innerType, value ?? asWritten(def.innerType, def.defaultValue));
    case 'prefault':
      return fill(def.innerType, value ?? (def.defaultValue as Plain));
    case 'optional':
      return value === undefined ? undefined : fill(def.innerType, value);
    case 'nullable':
      return value === null ? null : fill(def.innerType, value);
    case 'readonly':
    case 'nonoptional':
      return fill(def.innerType, value);
    case 'pipe': {
      const first = defOf(def.in);
      if (first.type !== 'transform') return fill(def.in, value);
      // It looks at what was written, and what it makes of that goes on: a section that is off.
      const seen = first.transform(value, { value, issues: [], addIssue() {} }) as Plain | undefined;
      return seen === undefined ? value : fill(def.out, seen);
    }
    case 'array':
      return Array.isArray(value) ? value.map((item: Plain) => fill(def.element, item) ?? item) : value;
    case 'record':
      return isMap(value)
        ? Object.fromEntries(
            Object.entries(value).map(([key, each]) => [key, fill(def.valueType, each) ?? each]),
          )
        : value;
    case 'union': {
      const meant = def.options.find((option) => option.safeParse(value).success);
      return meant === undefined ? value : fill(meant, value);
    }
    default:
      return value;
  }
}

/** A default as one would write it. A number where text is taken is the milliseconds of a duration. */
function asWritten(schema: Schema, value: unknown): Plain {
  const def = defOf(schema);
  const isDuration = typeof value === 'number' && def.type === 'pipe' && defOf(def.in).type === 'custom';
  return isDuration ? durationText(value) : (value as Plain);
}

function durationText(ms: number): string {
  for (const [unit, size] of [
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
  ] as const) {
    if (ms !== 0 && ms % size === 0) return `${ms / size}${unit}`;
  }
  return ms === 0 ? '0s' : `${ms}ms`;
}

function unknownKeys(map: Map, shape: object): Map {
  return Object.fromEntries(Object.entries(map).filter(([key]) => !(key in shape)));
}

/** The shortest part of a path that was not written, if there is one. */
function addedPath(written: Plain, path: readonly PropertyKey[]): PropertyKey[][] {
  let at: Plain | undefined = written;
  for (const [index, key] of path.entries()) {
    at = isMap(at) ? at[String(key)] : Array.isArray(at) ? (at as Plain[])[Number(key)] : undefined;
    if (at === undefined) return [path.slice(0, index + 1)];
  }
  return [];
}

function without(value: Plain, [key, ...rest]: readonly PropertyKey[]): Plain {
  if (!isMap(value) || key === undefined) return value;
  const { [String(key)]: inner, ...others } = value;
  return rest.length === 0 || inner === undefined
    ? others
    : { ...others, [String(key)]: without(inner, rest) };
}

/** The same with `value` at the end of a path. */
function withValue(section: unknown, [key, ...rest]: readonly PropertyKey[], value: unknown): unknown {
  if (key === undefined) return value;
  if (Array.isArray(section)) return section.with(Number(key), withValue(section[Number(key)], rest, value));
  return { ...(section as Map), [key]: withValue((section as Map)[String(key)], rest, value) };
}

function isMap(value: unknown): value is Map {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
