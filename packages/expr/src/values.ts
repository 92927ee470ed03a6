import { ExpressionError } from './error.js';

/** A map of an expression: keys are data. */
export type ValueMap = Readonly<Record<string, unknown>>;

export function typeOf(value: unknown): string {
  if (value === null || value === undefined) return 'nil';
  switch (typeof value) {
    case 'bigint':
      return 'int';
    case 'number':
      return 'float';
    case 'boolean':
      return 'bool';
    case 'string':
      return 'string';
    default:
      if (Array.isArray(value)) return 'array';
      if (value instanceof Date) return 'time';
      return value instanceof Uint8Array ? 'bytes' : 'map';
  }
}

export function isMap(value: unknown): value is ValueMap {
  return typeOf(value) === 'map' && typeof value === 'object';
}

export function emptyMap(): Record<string, unknown> {
  return Object.create(null) as Record<string, unknown>;
}

/** Whole numbers have 64 bits and go round, as in Go. */
export function wrap(value: bigint): bigint {
  return BigInt.asIntN(64, value);
}

export function wanted(what: string, value: unknown): ExpressionError {
  return new ExpressionError(`${what}, got ${typeOf(value)}`);
}

export function asBoolean(value: unknown, what: string): boolean {
  if (typeof value === 'boolean') return value;
  throw wanted(`${what}: must be a bool`, value);
}

export function asText(value: unknown, what: string): string {
  if (typeof value === 'string') return value;
  throw wanted(`${what}: must be a string`, value);
}

export function asNumber(value: unknown, what: string): number | bigint {
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  throw wanted(`${what}: must be a number`, value);
}

export function asArray(value: unknown, what: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw wanted(`${what}: must be an array`, value);
}

/** An index or a length, which may be a whole float. */
export function asIndex(value: unknown, what: string): number {
  const number = Number(asNumber(value, what));
  if (Number.isInteger(number)) return number;
  throw new ExpressionError(`${what}: must be a whole number, got ${number}`);
}

/** By value, numbers of both kinds included. */
export function isEqual(a: unknown, b: unknown, depth: number = 0): boolean {
  if (a === b) return true;
  const type = typeOf(a);
  if (type === 'nil') return typeOf(b) === 'nil';
  if ((type === 'int' || type === 'float') && (typeof b === 'number' || typeof b === 'bigint')) {
    // Equal by value where one is a bigint and the other a number.
    return a == b; // eslint-disable-line eqeqeq
  }
  if (type !== typeOf(b) || depth > 100) return false;
  if (Array.isArray(a)) {
    const other = b as readonly unknown[];
    return a.length === other.length && a.every((element, i) => isEqual(element, other[i], depth + 1));
  }
  if (a instanceof Date) return a.getTime() === (b as Date).getTime();
  if (a instanceof Uint8Array) return Buffer.from(a).equals(b as Uint8Array);
  if (type !== 'map') return false;
  const [left, right] = [a as ValueMap, b as ValueMap];
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && isEqual(left[key], right[key], depth + 1))
  );
}

/** Below 0 where `a` comes first. @throws {ExpressionError} for what has no order */
export function compare(a: unknown, b: unknown): number {
  const isNumber = (value: unknown): value is number | bigint =>
    typeof value === 'number' || typeof value === 'bigint';
  if (isNumber(a) && isNumber(b)) return a < b ? -1 : a > b ? 1 : 0;
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  if (a instanceof Date && b instanceof Date) return a.getTime() - b.getTime();
  throw new ExpressionError(`${typeOf(a)} and ${typeOf(b)} have no order`);
}

/** A member of a map, an array or a text. What is not there is nil, in a map. */
export function member(object: unknown, key: unknown): unknown {
  if (isMap(object)) {
    const name = typeof key === 'string' ? key : String(key);
    return Object.hasOwn(object, name) ? (object[name] ?? null) : null;
  }
  if (Array.isArray(object) || typeof object === 'string') {
    if (typeof key === 'string')
      throw new ExpressionError(`${typeOf(object)} has no member ${JSON.stringify(key)}`);
    const index = asIndex(key, 'index');
    const found: unknown = object.at(index);
    if (found === undefined) {
      throw new ExpressionError(`index out of range: ${index} (length ${object.length})`);
    }
    return found;
  }
  throw new ExpressionError(`cannot get ${JSON.stringify(String(key))} of ${typeOf(object)}`);
}

export function slice(object: unknown, from: unknown, to: unknown): unknown {
  if (!Array.isArray(object) && typeof object !== 'string')
    throw wanted('a slice: must be of an array or string', object);
  const start = from === undefined ? 0 : asIndex(from, 'a slice');
  const end = to === undefined ? object.length : asIndex(to, 'a slice');
  return object.slice(start, end);
}

/** As the language writes a value in a text. */
export function asString(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (typeof value === 'string') return value;
  if (value instanceof Date) return value.toISOString();
  const isPlain = typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean';
  return isPlain ? String(value) : toJson(value);
}

export function toJson(value: unknown): string {
  try {
    return (
      JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? Number(each) : each)) ?? 'null'
    );
  } catch (error) {
    throw new ExpressionError((error as Error).message);
  }
}
