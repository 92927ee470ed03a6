import { createMatcher } from '@tributary/patterns';
import { builtins, notHere, range, type Builtin } from './builtins.js';
import { ExpressionError } from './error.js';
import type { Node } from './tree.js';
import {
  asArray,
  asBoolean,
  asNumber,
  asString,
  asText,
  compare,
  emptyMap,
  isEqual,
  isMap,
  member,
  slice,
  typeOf,
  wrap,
} from './values.js';

/** What an expression is evaluated with. */
export interface Frame {
  readonly variables: Readonly<Record<string, unknown>>;
  /** What `let` has named. */
  readonly locals: unknown[];
  /** What the closure that runs was called with. */
  value: unknown;
  acc: unknown;
  index: number;
}

export type Evaluate = (frame: Frame) => unknown;

/** What may be used. */
export interface CompileOptions {
  readonly variables: ReadonlySet<string>;
  readonly functions: Readonly<Record<string, (...args: readonly unknown[]) => unknown>>;
  /** The nearest name to one that is not known. */
  readonly suggest: (name: string, known: readonly string[]) => string | undefined;
}

/** Compiles a tree into closures. */
export class Compiler {
  readonly #options: CompileOptions;
  /** Names of `let`, and where they are. */
  #locals: readonly string[] = [];
  #closures = 0;

  constructor(options: CompileOptions) {
    this.#options = options;
  }

  compile(node: Node): Evaluate {
    switch (node.type) {
      case 'literal': {
        const { value } = node;
        return () => value;
      }
      case 'name':
        return this.#name(node.name, node.at);
      case 'pointer':
        return this.#pointer(node.name, node.at);
      case 'member':
        return this.#member(node);
      case 'chain': {
        const inner = this.compile(node.inner);
        return (frame) => {
          const value = inner(frame);
          return value === nothing ? null : value;
        };
      }
      case 'slice': {
        const object = this.compile(node.object);
        const from = node.from && this.compile(node.from);
        const to = node.to && this.compile(node.to);
        return (frame) => slice(object(frame), from?.(frame), to?.(frame));
      }
      case 'call':
        return this.#call(node);
      case 'closure':
        throw new ExpressionError('unexpected closure', node.at);
      case 'unary':
        return this.#unary(node);
      case 'binary':
        return this.#binary(node);
      case 'conditional': {
        const [test, then, otherwise] = [node.test, node.yes, node.no].map((each) => this.compile(each)) as [
          Evaluate,
          Evaluate,
          Evaluate,
        ];
        return (frame) => (asBoolean(test(frame), '?') ? then(frame) : otherwise(frame));
      }
      case 'array': {
        const elements = node.elements.map((element) => this.compile(element));
        return (frame) => elements.map((element) => element(frame));
      }
      case 'map': {
        const pairs = node.pairs.map(([key, value]) => [this.compile(key), this.compile(value)] as const);
        return (frame) => {
          const map = emptyMap();
          for (const [key, value] of pairs) map[asString(key(frame))] = value(frame);
          return map;
        };
      }
      case 'let': {
        const value = this.compile(node.value);
        const before = this.#locals;
        const slot = before.length;
        this.#locals = [...before, node.name];
        const body = this.compile(node.body);
        this.#locals = before;
        return (frame) => {
          frame.locals[slot] = value(frame);
          return body(frame);
        };
      }
    }
  }

  #name(name: string, at: number): Evaluate {
    const slot = this.#locals.lastIndexOf(name);
    if (slot >= 0) return (frame) => frame.locals[slot];
    if (this.#options.variables.has(name)) return ({ variables }) => variables[name] ?? null;
    if (name === '$env') return ({ variables }) => variables;
    throw this.#unknown('name', name, at, [...this.#locals, ...this.#options.variables]);
  }

  #pointer(name: 'value' | 'acc' | 'index', at: number): Evaluate {
    if (this.#closures === 0) throw new ExpressionError('# has a meaning within a closure only', at);
    switch (name) {
      case 'value':
        return (frame) => frame.value;
      case 'acc':
        return (frame) => frame.acc;
      case 'index':
        return (frame) => BigInt(frame.index);
    }
  }

  #member({ object: of, key: by, isOptional }: Node & { type: 'member' }): Evaluate {
    const object = this.compile(of);
    if (by.type === 'literal' && typeof by.value === 'string') {
      const key = by.value;
      return (frame) => {
        const value = object(frame);
        if (value === nothing) return nothing;
        if (isOptional && (value === null || value === undefined)) return nothing;
        return member(value, key);
      };
    }
    const key = this.compile(by);
    return (frame) => {
      const value = object(frame);
      if (value === nothing) return nothing;
      if (isOptional && (value === null || value === undefined)) return nothing;
      return member(value, key(frame));
    };
  }

  #unary({ operator, operand: of, at }: Node & { type: 'unary' }): Evaluate {
    if (operator === 'not') refuseKind(of, 'boolean', 'not', at);
    const operand = this.compile(of);
    if (operator === 'not') return (frame) => !asBoolean(operand(frame), 'not');
    const sign = operator;
    return (frame) => {
      const value = asNumber(operand(frame), sign);
      if (sign === '+') return value;
      return typeof value === 'bigint' ? wrap(-value) : -value;
    };
  }

  #binary(node: Node & { type: 'binary' }): Evaluate {
    const { operator, left: first, right: second, at } = node;
    const left = this.compile(first);
    if (operator === 'matches') return this.#matches(left, second);
    const right = this.compile(second);
    switch (operator) {
      case 'and':
        refuseKind(first, 'boolean', 'and', at);
        refuseKind(second, 'boolean', 'and', at);
        return (frame) => asBoolean(left(frame), 'and') && asBoolean(right(frame), 'and');
      case 'or':
        refuseKind(first, 'boolean', 'or', at);
        refuseKind(second, 'boolean', 'or', at);
        return (frame) => asBoolean(left(frame), 'or') || asBoolean(right(frame), 'or');
      case '==':
        return (frame) => isEqual(left(frame), right(frame));
      case '!=':
        return (frame) => !isEqual(left(frame), right(frame));
      case '<':
        return (frame) => compare(left(frame), right(frame)) < 0;
      case '<=':
        return (frame) => compare(left(frame), right(frame)) <= 0;
      case '>':
        return (frame) => compare(left(frame), right(frame)) > 0;
      case '>=':
        return (frame) => compare(left(frame), right(frame)) >= 0;
      case 'in':
        return (frame) => isIn(left(frame), right(frame));
      case 'contains':
        return (frame) => asText(left(frame), operator).includes(asText(right(frame), operator));
      case 'startsWith':
        return (frame) => asText(left(frame), operator).startsWith(asText(right(frame), operator));
      case 'endsWith':
        return (frame) => asText(left(frame), operator).endsWith(asText(right(frame), operator));
      case '..':
        return (frame) => range(left(frame), right(frame));
      case '??':
        return (frame) => {
          const value = left(frame);
          return value === null || value === undefined || value === nothing ? right(frame) : value;
        };
      default: {
        const isText = (of: Node): boolean => of.type === 'literal' && typeof of.value === 'string';
        const isNumber = (of: Node): boolean =>
          of.type === 'literal' && (typeof of.value === 'number' || typeof of.value === 'bigint');
        if ((isText(first) && isNumber(second)) || (isNumber(first) && isText(second))) {
          throw new ExpressionError(`${operator}: a string and a number`, at);
        }
        return (frame) => arithmetic(operator, left(frame), right(frame));
      }
    }
  }

  #matches(left: Evaluate, pattern: Node): Evaluate {
    if (pattern.type === 'literal' && typeof pattern.value === 'string') {
      const matches = matcherOf(pattern.value, pattern.at);
      return (frame) => {
        const value = left(frame);
        return value !== null && value !== undefined && matches(asText(value, 'matches')) >= 0;
      };
    }
    const expression = this.compile(pattern);
    return (frame) => {
      const text = left(frame);
      return text !== null && matcherOf(asText(expression(frame), 'matches'))(asText(text, 'matches')) >= 0;
    };
  }

  #call({ name, args, at }: Node & { type: 'call' }): Evaluate {
    if (Object.hasOwn(this.#options.functions, name)) {
      const run = this.#options.functions[name]!;
      const compiled = args.map((arg) => this.compile(arg));
      return (frame) => run(...compiled.map((arg) => arg(frame))) ?? null;
    }
    const [, closure] = args;
    if (Object.hasOwn(predicates, name) && (closure?.type === 'closure' || name !== 'sum')) {
      return this.#predicate(name, args, at);
    }
    if (name === 'sum' || name === 'count') return this.#plainSum(name, args, at);
    const builtin = Object.hasOwn(builtins, name) ? builtins[name] : undefined;
    if (builtin === undefined) {
      if (notHere.has(name))
        throw new ExpressionError(`${name} of the expr language is not supported here`, at);
      const known = [
        ...Object.keys(builtins),
        ...Object.keys(predicates),
        ...Object.keys(this.#options.functions),
      ];
      throw this.#unknown('function', name, at, known);
    }
    checkCount(name, builtin, args.length, at);
    const compiled = args.map((arg) => this.compile(arg));
    const { run } = builtin;
    if (compiled.length === 1) {
      const [only] = compiled;
      return (frame) => run(only!(frame));
    }
    return (frame) => run(...compiled.map((arg) => arg(frame)));
  }

  #plainSum(name: 'sum' | 'count', args: readonly Node[], at: number): Evaluate {
    if (args.length !== 1) throw new ExpressionError(`${name}: takes an array, and a closure perhaps`, at);
    const list = this.compile(args[0]!);
    if (name === 'count') {
      return (frame) => BigInt(asArray(list(frame), name).filter((each) => asBoolean(each, name)).length);
    }
    return (frame) => asArray(list(frame), name).reduce((sum, each) => arithmetic('+', sum, each), 0n);
  }

  #predicate(name: string, args: readonly Node[], at: number): Evaluate {
    const [of, closure, ...more] = args;
    if (closure === undefined && name === 'count') return this.#plainSum('count', args, at);
    if (of === undefined || closure?.type !== 'closure') {
      throw new ExpressionError(`${name}: takes an array and a closure`, at);
    }
    const most = name === 'reduce' || name === 'sortBy' ? 1 : 0;
    if (more.length > most)
      throw new ExpressionError(`${name}: takes no more than ${2 + most} arguments`, at);
    const list = this.compile(of);
    this.#closures++;
    const body = this.compile(closure.body);
    this.#closures--;
    const extra = more[0] === undefined ? undefined : this.compile(more[0]);
    const run = predicates[name]!;
    return (frame) => {
      const found = list(frame);
      const elements = isMap(found) ? Object.values(found) : asArray(found, name);
      const { value, acc, index } = frame;
      const call: Call = (element, i, accumulated) => {
        frame.value = element;
        frame.index = i;
        frame.acc = accumulated ?? null;
        return body(frame);
      };
      try {
        return run(elements, call, extra?.(frame));
      } finally {
        frame.value = value;
        frame.acc = acc;
        frame.index = index;
      }
    };
  }

  #unknown(what: string, name: string, at: number, known: readonly string[]): ExpressionError {
    const near = this.#options.suggest(name, known);
    return new ExpressionError(
      `unknown ${what} ${name}${near === undefined ? '' : `; did you mean ${near}?`}`,
      at,
    );
  }
}

/** Where a chain of members has found nil behind a `?.`: the rest of it is left out. */
const nothing: unique symbol = Symbol('nothing');

/** Calls the closure with an element. */
type Call = (element: unknown, index: number, accumulated?: unknown) => unknown;

const test =
  (name: string, call: Call) =>
  (element: unknown, index: number): boolean =>
    asBoolean(call(element, index), name);

const predicates: Readonly<
  Record<string, (list: readonly unknown[], call: Call, extra: unknown) => unknown>
> = {
  all: (list, call) => list.every(test('all', call)),
  any: (list, call) => list.some(test('any', call)),
  none: (list, call) => !list.some(test('none', call)),
  one: (list, call) => list.filter(test('one', call)).length === 1,
  filter: (list, call) => list.filter(test('filter', call)),
  map: (list, call) => list.map((element, i) => call(element, i)),
  count: (list, call) => BigInt(list.filter(test('count', call)).length),
  find: (list, call) => list.find(test('find', call)) ?? null,
  findIndex: (list, call) => BigInt(list.findIndex(test('findIndex', call))),
  findLast: (list, call) => list.findLast(test('findLast', call)) ?? null,
  findLastIndex: (list, call) => BigInt(list.findLastIndex(test('findLastIndex', call))),
  sum: (list, call) => list.reduce((sum, element, i) => arithmetic('+', sum, call(element, i)), 0n),
  groupBy(list, call) {
    const groups = emptyMap() as Record<string, unknown[]>;
    list.forEach((element, i) => (groups[asString(call(element, i))] ??= []).push(element));
    return groups;
  },
  sortBy(list, call, order) {
    const keyed = list.map((element, i) => [call(element, i), element] as const);
    const sorted = keyed.toSorted(([a], [b]) => compare(a, b)).map(([, element]) => element);
    return order === 'desc' ? sorted.reverse() : sorted;
  },
  reduce(list, call, initial) {
    if (initial === undefined && list.length === 0) throw new ExpressionError('reduce: of an empty array');
    const elements = initial === undefined ? list.slice(1) : list;
    const skipped = list.length - elements.length;
    let accumulated = initial === undefined ? list[0] : initial;
    for (const [i, element] of elements.entries()) accumulated = call(element, i + skipped, accumulated);
    return accumulated;
  },
};

function matcherOf(pattern: string, at?: number): (text: string) => number {
  try {
    return createMatcher([pattern], 1);
  } catch (error) {
    throw new ExpressionError(`matches: ${(error as Error).message}`, at);
  }
}

function isIn(value: unknown, container: unknown): boolean {
  if (container === null || container === undefined) return false;
  if (Array.isArray(container)) return container.some((element) => isEqual(element, value));
  if (isMap(container)) return typeof value === 'string' && Object.hasOwn(container, value);
  throw new ExpressionError(`in: must be in an array or a map, got ${typeOf(container)}`);
}

function arithmetic(operator: string, a: unknown, b: unknown): unknown {
  if (operator === '+' && typeof a === 'string' && typeof b === 'string') return a + b;
  const [left, right] = [asNumber(a, operator), asNumber(b, operator)];
  if (operator === '/') return Number(left) / Number(right);
  if (operator === '**') return Number(left) ** Number(right);
  if (typeof left === 'bigint' && typeof right === 'bigint') {
    switch (operator) {
      case '+':
        return wrap(left + right);
      case '-':
        return wrap(left - right);
      case '*':
        return wrap(left * right);
      default:
        if (right === 0n) throw new ExpressionError('%: by zero');
        return left % right;
    }
  }
  const [x, y] = [Number(left), Number(right)];
  switch (operator) {
    case '+':
      return x + y;
    case '-':
      return x - y;
    case '*':
      return x * y;
    default:
      throw new ExpressionError('%: must be of ints');
  }
}

/** What cannot come to a boolean, as far as the text tells. */
export function isNever(node: Node, kind: 'boolean'): boolean {
  switch (node.type) {
    case 'literal':
      return typeof node.value !== kind;
    case 'array':
    case 'map':
    case 'slice':
      return true;
    case 'unary':
      return node.operator !== 'not';
    case 'binary':
      return ['+', '-', '*', '/', '%', '**', '..'].includes(node.operator);
    default:
      return false;
  }
}

function refuseKind(node: Node, kind: 'boolean', operator: string, at: number): void {
  if (isNever(node, kind)) throw new ExpressionError(`${operator}: must be of bools`, at);
}

function checkCount(name: string, { least, most }: Builtin, count: number, at: number): void {
  if (count >= least && count <= most) return;
  const wantedCount =
    least === most ? String(least) : most === Infinity ? `at least ${least}` : `${least} to ${most}`;
  throw new ExpressionError(`${name}: takes ${wantedCount} argument(s), got ${count}`, at);
}
