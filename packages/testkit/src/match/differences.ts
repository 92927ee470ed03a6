import { inspect, isDeepStrictEqual } from 'node:util';
import type { AttributeValue, Attributes, Node } from '@tributary/pdata';
import type { ValueMatcher } from './pattern.js';

/** One field that is not as expected. */
export interface Difference {
  /** `attributes["http.route"]` */
  readonly path: string;
  readonly expected: unknown;
  /** `undefined` where there is nothing. */
  readonly actual: unknown;
}

/**
 * The fields of a record that are not as a pattern expects them, in the order of the pattern.
 *
 * @throws TypeError where the pattern names a field that no such record has
 */
export function differencesOf(record: object, pattern: object, path: string = ''): readonly Difference[] {
  return Object.entries(pattern).flatMap(([key, expected]: [string, unknown]) => {
    if (!(key in record)) {
      throw new TypeError(`there is no field ${path}${key}: a ${record.constructor.name} has none`);
    }
    const value: unknown = Reflect.get(record, key);
    // Events, links and data points are listed by a method.
    const isList = typeof value === 'function' && Array.isArray(expected);
    const actual = isList ? [...(value.call(record) as Iterable<unknown>)] : value;
    return compare(actual, expected, `${path}${key}`);
  });
}

function compare(actual: unknown, expected: unknown, path: string): readonly Difference[] {
  if (isMatcher(expected)) return matches(expected, actual) ? [] : [{ path, expected, actual }];
  if (isAttributes(actual) && isPlainObject(expected)) {
    return Object.entries(expected).flatMap(([key, value]) =>
      compare(actual.get(key), value, `${path}[${JSON.stringify(key)}]`),
    );
  }
  if (Array.isArray(expected) && Array.isArray(actual) && expected.every(isPlainObject)) {
    return expected.flatMap((entry, index) => compareEntry(actual, entry, `${path}[${index}]`));
  }
  if (isView(actual) && isPlainObject(expected)) return differencesOf(actual, expected, `${path}.`);
  return isEqual(actual, expected) ? [] : [{ path, expected, actual }];
}

/** An entry that none is equal to is compared with the one that comes nearest. */
function compareEntry(actual: readonly unknown[], expected: object, path: string): readonly Difference[] {
  let nearest: readonly Difference[] = [{ path, expected, actual: undefined }];
  for (const [index, entry] of actual.entries()) {
    const found = compare(entry, expected, path);
    if (found.length < nearest.length || index === 0) nearest = found;
  }
  return nearest;
}

function isEqual(actual: unknown, expected: unknown): boolean {
  // Whether a whole number is read as one or as a bigint depends on the field.
  if (isWhole(actual) && isWhole(expected)) return BigInt(actual) === BigInt(expected);
  return isDeepStrictEqual(actual, isDouble(expected) ? expected.double : expected);
}

const isWhole = (value: unknown): value is number | bigint =>
  typeof value === 'bigint' || Number.isSafeInteger(value);

const isDouble = (value: unknown): value is { readonly double: number } =>
  isPlainObject(value) && 'double' in value && Object.keys(value).length === 1;

function isMatcher(value: unknown): value is ValueMatcher {
  return (
    value instanceof RegExp || (typeof value === 'object' && value !== null && 'asymmetricMatch' in value)
  );
}

function matches(matcher: ValueMatcher, value: unknown): boolean {
  if (!(matcher instanceof RegExp)) return matcher.asymmetricMatch(value);
  return typeof value === 'string' && value.search(matcher) >= 0;
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.getPrototypeOf(value) === Object.prototype &&
    !isMatcher(value)
  );
}

const isView = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'toObject' in value;

const isAttributes = (value: unknown): value is Attributes =>
  typeof value === 'object' && value !== null && 'rename' in value && 'get' in value;

/** A value in a message: on one line, and cut where it is long. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (isAttributes(value)) return show(Object.fromEntries<AttributeValue>(value));
  if (isView(value)) return show(value.toObject());
  const text = inspect(value, {
    depth: 6,
    breakLength: Infinity,
    compact: true,
    maxStringLength: 200,
    maxArrayLength: 10,
  });
  return text.length > 500 ? `${text.slice(0, 500)}…` : text;
}
