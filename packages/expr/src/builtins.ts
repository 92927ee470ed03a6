import { ExpressionError } from './error.js';
import {
  asArray,
  asIndex,
  asNumber,
  asString,
  asText,
  compare,
  emptyMap,
  isEqual,
  isMap,
  member,
  toJson,
  typeOf,
  wanted,
  wrap,
} from './values.js';

/** A function of the language: how many arguments it takes, and what it does. */
export interface Builtin {
  readonly least: number;
  readonly most: number;
  readonly run: (...args: readonly unknown[]) => unknown;
}

/** Elements that a function may make at most. */
const maxElements = 1_000_000;
/** Characters of a text that it may make at most. */
const maxText = 16 * 2 ** 20;

const of = (least: number, most: number, run: Builtin['run']): Builtin => ({ least, most, run });
const text1 = (name: string, run: (text: string) => unknown): Builtin =>
  of(1, 1, (text) => run(asText(text, name)));
const text2 = (name: string, run: (text: string, other: string) => unknown): Builtin =>
  of(2, 2, (text, other) => run(asText(text, name), asText(other, name)));
const list1 = (name: string, run: (list: readonly unknown[]) => unknown): Builtin =>
  of(1, 1, (list) => run(asArray(list, name)));

function rounding(name: string, round: (value: number) => number): Builtin {
  return of(1, 1, (value) => {
    const number = asNumber(value, name);
    return typeof number === 'bigint' ? Number(number) : round(number);
  });
}

function toInt(value: unknown): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return wrap(BigInt(Math.trunc(value)));
  if (typeof value === 'string' && /^[+-]?\d+$/.test(value)) return wrap(BigInt(value));
  throw new ExpressionError(`int: cannot be made of ${typeOf(value)} ${asString(value)}`);
}

function toFloat(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'string' && value.trim() !== '' && !Number.isNaN(Number(value))) return Number(value);
  throw new ExpressionError(`float: cannot be made of ${typeOf(value)} ${asString(value)}`);
}

/** Numbers given one by one, or as a list. */
function numbers(name: string, args: readonly unknown[]): (number | bigint)[] {
  const flat = args.flatMap((arg) => (Array.isArray(arg) ? (arg as unknown[]) : [arg]));
  if (flat.length === 0) throw new ExpressionError(`${name}: needs a number`);
  return flat.map((arg) => asNumber(arg, name));
}

function extreme(name: string, sign: 1 | -1): Builtin {
  return of(1, Infinity, (...args) =>
    numbers(name, args).reduce((best, each) => (sign * compare(each, best) > 0 ? each : best)),
  );
}

function bounded(text: string): string {
  if (text.length > maxText) throw new ExpressionError(`a text of more than ${maxText} characters`);
  return text;
}

function bits(name: string, run: (a: bigint, b: bigint) => bigint): Builtin {
  return of(2, 2, (a, b) => {
    if (typeof a !== 'bigint' || typeof b !== 'bigint')
      throw wanted(`${name}: must be of ints`, typeof a === 'bigint' ? b : a);
    return wrap(run(a, b));
  });
}

function shiftBy(count: bigint): bigint {
  if (count < 0n) throw new ExpressionError('a shift must not be negative');
  return count > 64n ? 64n : count;
}

function flatten(list: readonly unknown[], depth: number = 0): unknown[] {
  if (depth > 100) throw new ExpressionError('flatten: is nested too deep');
  return list.flatMap((each) => (Array.isArray(each) ? flatten(each, depth + 1) : [each]));
}

function fromJson(value: string): unknown {
  try {
    return JSON.parse(value) as unknown;
  } catch (error) {
    throw new ExpressionError(`fromJSON: ${(error as Error).message}`);
  }
}

/** As Go counts: code points. */
function characters(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at += text.codePointAt(at)! > 0xffff ? 2 : 1) count++;
  return count;
}

/** The functions that are called with values alone. */
export const builtins: Readonly<Record<string, Builtin>> = {
  // Texts.
  trim: of(1, 2, (text, set) => trim(asText(text, 'trim'), set, true, true)),
  trimStart: of(1, 2, (text, set) => trim(asText(text, 'trimStart'), set, true, false)),
  trimEnd: of(1, 2, (text, set) => trim(asText(text, 'trimEnd'), set, false, true)),
  trimPrefix: text2('trimPrefix', (text, other) =>
    text.startsWith(other) ? text.slice(other.length) : text,
  ),
  trimSuffix: text2('trimSuffix', (text, other) =>
    other !== '' && text.endsWith(other) ? text.slice(0, -other.length) : text,
  ),
  upper: text1('upper', (text) => text.toUpperCase()),
  lower: text1('lower', (text) => text.toLowerCase()),
  split: of(2, 3, (text, by, most) => split(asText(text, 'split'), asText(by, 'split'), most, '')),
  splitAfter: of(2, 3, (text, by, most) =>
    split(asText(text, 'splitAfter'), asText(by, 'splitAfter'), most, asText(by, 'splitAfter')),
  ),
  replace: of(3, 3, (text, from, to) =>
    bounded(asText(text, 'replace').replaceAll(asText(from, 'replace'), () => asText(to, 'replace'))),
  ),
  repeat: of(2, 2, (text, times) => {
    const [repeated, count] = [asText(text, 'repeat'), asIndex(times, 'repeat')];
    if (count < 0) throw new ExpressionError(`repeat: must not be negative, got ${count}`);
    if (repeated.length * count > maxText)
      throw new ExpressionError(`a text of more than ${maxText} characters`);
    return repeated.repeat(count);
  }),
  indexOf: text2('indexOf', (text, other) => BigInt(text.indexOf(other))),
  lastIndexOf: text2('lastIndexOf', (text, other) => BigInt(text.lastIndexOf(other))),
  hasPrefix: text2('hasPrefix', (text, other) => text.startsWith(other)),
  hasSuffix: text2('hasSuffix', (text, other) => text.endsWith(other)),

  // Numbers.
  abs: of(1, 1, (value) => {
    const number = asNumber(value, 'abs');
    return number < 0 ? (typeof number === 'bigint' ? wrap(-number) : -number) : number;
  }),
  ceil: rounding('ceil', Math.ceil),
  floor: rounding('floor', Math.floor),
  round: rounding('round', (value) => Math.sign(value) * Math.round(Math.abs(value))),
  max: extreme('max', 1),
  min: extreme('min', -1),
  mean: of(1, Infinity, (...args) => {
    const all = numbers('mean', args).map(Number);
    return all.reduce((sum, each) => sum + each, 0) / all.length;
  }),
  median: of(1, Infinity, (...args) => {
    const all = numbers('median', args)
      .map(Number)
      .sort((a, b) => a - b);
    const middle = Math.floor(all.length / 2);
    return all.length % 2 === 1 ? all[middle]! : (all[middle - 1]! + all[middle]!) / 2;
  }),
  bitand: bits('bitand', (a, b) => a & b),
  bitor: bits('bitor', (a, b) => a | b),
  bitxor: bits('bitxor', (a, b) => a ^ b),
  bitnand: bits('bitnand', (a, b) => a & ~b),
  bitnot: of(1, 1, (value) => {
    if (typeof value !== 'bigint') throw wanted('bitnot: must be an int', value);
    return ~value;
  }),
  bitshl: bits('bitshl', (a, b) => a << shiftBy(b)),
  bitshr: bits('bitshr', (a, b) => a >> shiftBy(b)),
  bitushr: bits('bitushr', (a, b) => BigInt.asUintN(64, a) >> shiftBy(b)),

  // Lists.
  first: list1('first', (list) => list[0] ?? null),
  last: list1('last', (list) => list.at(-1) ?? null),
  take: of(2, 2, (list, count) => asArray(list, 'take').slice(0, Math.max(0, asIndex(count, 'take')))),
  concat: of(1, Infinity, (...lists) => lists.flatMap((list) => asArray(list, 'concat'))),
  flatten: list1('flatten', (list) => flatten(list)),
  uniq: list1('uniq', (list) => {
    if (list.length > 10_000) throw new ExpressionError('uniq: more than 10000 elements');
    return list.filter((each, i) => list.findIndex((other) => isEqual(each, other)) === i);
  }),
  join: of(1, 2, (list, by = '') =>
    bounded(
      asArray(list, 'join')
        .map((each) => asText(each, 'join'))
        .join(asText(by, 'join')),
    ),
  ),
  reverse: list1('reverse', (list) => list.toReversed()),
  sort: of(1, 2, (list, order = 'asc') => {
    const sorted = asArray(list, 'sort').toSorted(compare);
    return order === 'desc' ? sorted.reverse() : sorted;
  }),

  // Maps.
  keys: of(1, 1, (map) => {
    if (!isMap(map)) throw wanted('keys: must be a map', map);
    return Object.keys(map);
  }),
  values: of(1, 1, (map) => {
    if (!isMap(map)) throw wanted('values: must be a map', map);
    return Object.values(map);
  }),
  toPairs: of(1, 1, (map) => {
    if (!isMap(map)) throw wanted('toPairs: must be a map', map);
    return Object.entries(map);
  }),
  fromPairs: list1('fromPairs', (list) => {
    const map = emptyMap();
    for (const pair of list) {
      const [key, value] = asArray(pair, 'fromPairs');
      map[asString(key)] = value ?? null;
    }
    return map;
  }),
  get: of(2, 2, (object, key) => {
    try {
      return member(object, key);
    } catch {
      return null;
    }
  }),

  // Of any kind.
  len: of(1, 1, (value) => {
    if (typeof value === 'string') return BigInt(characters(value));
    if (Array.isArray(value) || value instanceof Uint8Array) return BigInt(value.length);
    if (isMap(value)) return BigInt(Object.keys(value).length);
    throw wanted('len: must be a string, array or map', value);
  }),
  type: of(1, 1, (value) => typeOf(value)),
  int: of(1, 1, toInt),
  float: of(1, 1, toFloat),
  string: of(1, 1, asString),
  toJSON: of(1, 1, toJson),
  fromJSON: text1('fromJSON', fromJson),
  toBase64: text1('toBase64', (text) => Buffer.from(text).toString('base64')),
  fromBase64: text1('fromBase64', (text) => Buffer.from(text, 'base64').toString('utf8')),
};

/** Functions of the language that are not here, told apart from what is misspelt. */
export const notHere: ReadonlySet<string> = new Set(['now', 'date', 'duration', 'timezone']);

export function range(from: unknown, to: unknown): bigint[] {
  const [start, end] = [asIndex(from, '..'), asIndex(to, '..')];
  if (end - start >= maxElements) throw new ExpressionError(`a range of more than ${maxElements} elements`);
  return Array.from({ length: Math.max(0, end - start + 1) }, (_, i) => BigInt(start + i));
}

function trim(text: string, set: unknown, start: boolean, end: boolean): string {
  const characters = set === undefined ? undefined : new Set(asText(set, 'trim'));
  const isTrimmed = (character: string): boolean => characters?.has(character) ?? /\s/.test(character);
  let [from, to] = [0, text.length];
  while (start && from < to && isTrimmed(text[from]!)) from++;
  while (end && from < to && isTrimmed(text[to - 1]!)) to--;
  return text.slice(from, to);
}

function split(text: string, by: string, most: unknown, kept: string): string[] {
  const parts = text.split(by);
  if (parts.length > maxElements) throw new ExpressionError(`split: more than ${maxElements} parts`);
  const count = most === undefined ? -1 : asIndex(most, 'split');
  if (count === 0) return [];
  const whole = parts.map((part, i) => (i < parts.length - 1 ? part + kept : part));
  if (count < 0 || count >= whole.length) return whole;
  const rest = parts.slice(count - 1).join(by);
  return [...whole.slice(0, count - 1), rest];
}
