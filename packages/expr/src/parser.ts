import { ExpressionError } from './error.js';
import { tokenize, type Token } from './lexer.js';
import type { Node } from './tree.js';

const maxLength = 2 ** 16;
const maxDepth = 200;

/** How tightly binary operators bind. */
const binary: Readonly<Record<string, number>> = {
  '|': 0,
  or: 10,
  '||': 10,
  and: 15,
  '&&': 15,
  '==': 20,
  '!=': 20,
  '<': 20,
  '>': 20,
  '<=': 20,
  '>=': 20,
  in: 20,
  matches: 20,
  contains: 20,
  startsWith: 20,
  endsWith: 20,
  '..': 25,
  '+': 30,
  '-': 30,
  '*': 60,
  '/': 60,
  '%': 60,
  '**': 100,
  '^': 100,
  '??': 500,
};
const negatable = new Set(['in', 'matches', 'contains', 'startsWith', 'endsWith']);
const notPower = 50;
const signPower = 90;

/** Functions that are called with a closure as their last argument. */
const withClosure: ReadonlySet<string> = new Set([
  'all',
  'any',
  'one',
  'none',
  'filter',
  'map',
  'count',
  'find',
  'findIndex',
  'findLast',
  'findLastIndex',
  'groupBy',
  'sortBy',
  'sum',
  'reduce',
]);

/** @throws {ExpressionError} */
export function parse(source: string): Node {
  if (source.length > maxLength) {
    throw new ExpressionError(
      `an expression of ${source.length} characters, of ${maxLength} at most`,
      maxLength,
    );
  }
  const parser = new Parser(tokenize(source));
  const node = parser.sequence();
  parser.expectEnd();
  return node;
}

class Parser {
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get #token(): Token {
    return this.#tokens[this.#next]!;
  }

  expectEnd(): void {
    if (this.#token.kind !== 'end') throw this.#unexpected();
  }

  /** An expression that may begin with `let` or `if`. */
  sequence(): Node {
    return this.#deeper(() => {
      if (this.#isName('let')) return this.#let();
      if (this.#isName('if')) return this.#if();
      return this.#expression(0);
    });
  }

  #let(): Node {
    const { at } = this.#take();
    const { kind, value: name } = this.#take();
    if (kind !== 'name') throw new ExpressionError('let: expected a name', at);
    this.#expect('=');
    const value = this.#expression(0);
    this.#expect(';');
    return { type: 'let', at, name, value, body: this.sequence() };
  }

  #if(): Node {
    const { at } = this.#take();
    const test = this.#expression(0);
    this.#expect('{');
    const yes = this.sequence();
    this.#expect('}');
    if (!this.#isName('else')) throw this.#unexpected();
    this.#take();
    if (this.#isName('if')) return { type: 'conditional', at, test, yes, no: this.#if() };
    this.#expect('{');
    const otherwise = this.sequence();
    this.#expect('}');
    return { type: 'conditional', at, test, yes, no: otherwise };
  }

  #expression(power: number): Node {
    return this.#deeper(() => {
      let left = this.#unary();
      for (;;) {
        const token = this.#token;
        const negated = token.value === 'not' && token.kind === 'name' && this.#isNegatable(this.#next + 1);
        const word = negated ? this.#tokens[this.#next + 1]! : token;
        const own = powerOf(word);
        if (own === undefined || own < power) break;
        if (negated) this.#take();
        const { at, value } = this.#take();
        if (value === '|') left = this.#pipe(left);
        else {
          const operator = { '&&': 'and', '||': 'or', '^': '**' }[String(value)] ?? String(value);
          // A power of a power is that of the right one.
          const right = this.#expression(operator === '**' ? own : own + 1);
          left = { type: 'binary', at, operator, left, right };
        }
        if (negated) left = { type: 'unary', at: token.at, operator: 'not', operand: left };
      }
      return power === 0 ? this.#conditional(left) : left;
    });
  }

  #conditional(test: Node): Node {
    const { at } = this.#token;
    if (this.#isOperator('?:')) {
      this.#take();
      return { type: 'conditional', at, test, yes: test, no: this.#expression(0) };
    }
    if (!this.#isOperator('?')) return test;
    this.#take();
    const yes = this.#expression(0);
    this.#expect(':');
    return { type: 'conditional', at, test, yes, no: this.#expression(0) };
  }

  /** `a | f(b)` is `f(a, b)`. */
  #pipe(first: Node): Node {
    const { kind, value: name, at } = this.#take();
    if (kind !== 'name') throw new ExpressionError('expected a function behind |', at);
    const args = this.#isOperator('(') ? this.#arguments(name, first) : [first];
    return this.#members({ type: 'call', at, name, args });
  }

  #unary(): Node {
    const { kind, value, at } = this.#token;
    if ((kind === 'name' && value === 'not') || (kind === 'operator' && value === '!')) {
      this.#take();
      return { type: 'unary', at, operator: 'not', operand: this.#expression(notPower) };
    }
    if (kind === 'operator' && (value === '-' || value === '+')) {
      this.#take();
      return { type: 'unary', at, operator: value, operand: this.#expression(signPower) };
    }
    return this.#members(this.#primary());
  }

  #primary(): Node {
    const before = this.#next;
    const { kind, value, at } = this.#take();
    switch (kind) {
      case 'number':
      case 'string':
        return { type: 'literal', at, value };
      case 'name':
        return this.#name(value, at);
      case 'operator':
        switch (value) {
          case '(': {
            const inner = this.sequence();
            this.#expect(')');
            return inner;
          }
          case '[':
            return { type: 'array', at, elements: this.#list(']') };
          case '{':
            return this.#map(at);
          case '#':
            return this.#pointer(at);
          case '.':
            // Within a closure: a member of what it is called with.
            return { type: 'member', at, object: pointer(at), key: this.#key(), isOptional: false };
        }
        break;
      case 'end':
        break;
    }
    this.#next = before;
    throw this.#unexpected();
  }

  #name(name: string, at: number): Node {
    if (name === 'true' || name === 'false') return { type: 'literal', at, value: name === 'true' };
    if (name === 'nil') return { type: 'literal', at, value: null };
    if (this.#isOperator('(')) return { type: 'call', at, name, args: this.#arguments(name) };
    return { type: 'name', at, name };
  }

  #pointer(at: number): Node {
    const token = this.#token;
    if (token.kind === 'name' && (token.value === 'acc' || token.value === 'index') && token.at === at + 1) {
      this.#take();
      return { type: 'pointer', at, name: token.value };
    }
    return pointer(at);
  }

  #arguments(name: string, first?: Node): Node[] {
    this.#expect('(');
    const args = first === undefined ? [] : [first];
    while (!this.#isOperator(')')) {
      const takesClosure = withClosure.has(name) && args.length === 1;
      args.push(takesClosure ? this.#closure() : this.sequence());
      if (!this.#isOperator(')')) this.#expect(',');
    }
    this.#take();
    return args;
  }

  #closure(): Node {
    const { at } = this.#token;
    if (!this.#isOperator('{')) return { type: 'closure', at, body: this.sequence() };
    this.#take();
    const body = this.sequence();
    this.#expect('}');
    return { type: 'closure', at, body };
  }

  /** Members, indexes and slices behind something. */
  #members(object: Node): Node {
    let node = object;
    let isOptional = false;
    for (;;) {
      const { at } = this.#token;
      if (this.#isOperator('.')) {
        this.#take();
        node = { type: 'member', at, object: node, key: this.#key(), isOptional: false };
      } else if (this.#isOperator('?.')) {
        this.#take();
        isOptional = true;
        const key = this.#isOperator('[') ? this.#index() : this.#key();
        node = { type: 'member', at, object: node, key, isOptional: true };
      } else if (this.#isOperator('[')) node = this.#bracket(node);
      else return isOptional ? { type: 'chain', at: object.at, inner: node } : node;
    }
  }

  #key(): Node {
    const { kind, value, at } = this.#take();
    if (kind !== 'name') throw new ExpressionError('expected a name behind the dot', at);
    return { type: 'literal', at, value };
  }

  #index(): Node {
    this.#expect('[');
    const key = this.sequence();
    this.#expect(']');
    return key;
  }

  #bracket(object: Node): Node {
    const { at } = this.#take();
    const from = this.#isOperator(':') ? undefined : this.sequence();
    if (!this.#isOperator(':')) {
      this.#expect(']');
      return { type: 'member', at, object, key: from!, isOptional: false };
    }
    this.#take();
    const to = this.#isOperator(']') ? undefined : this.sequence();
    this.#expect(']');
    return { type: 'slice', at, object, from, to };
  }

  #list(end: string): Node[] {
    const elements: Node[] = [];
    while (!this.#isOperator(end)) {
      elements.push(this.sequence());
      if (!this.#isOperator(end)) this.#expect(',');
    }
    this.#take();
    return elements;
  }

  #map(at: number): Node {
    const pairs: [Node, Node][] = [];
    while (!this.#isOperator('}')) {
      const token = this.#token;
      let key: Node;
      if (this.#isOperator('(')) {
        this.#take();
        key = this.sequence();
        this.#expect(')');
      } else if (token.kind === 'name' || token.kind === 'string' || token.kind === 'number') {
        this.#take();
        key = { type: 'literal', at: token.at, value: String(token.value) };
      } else throw this.#unexpected();
      this.#expect(':');
      pairs.push([key, this.sequence()]);
      if (!this.#isOperator('}')) this.#expect(',');
    }
    this.#take();
    return { type: 'map', at, pairs };
  }

  #isOperator(value: string): boolean {
    const token = this.#token;
    return token.kind === 'operator' && token.value === value;
  }

  #isName(value: string): boolean {
    const token = this.#token;
    return token.kind === 'name' && token.value === value;
  }

  #isNegatable(index: number): boolean {
    const token = this.#tokens[index];
    return token?.kind === 'name' && negatable.has(token.value);
  }

  #take(): Token {
    const token = this.#token;
    if (token.kind !== 'end') this.#next++;
    return token;
  }

  #expect(value: string): void {
    if (!this.#isOperator(value)) throw this.#unexpected(`, expected ${value}`);
    this.#take();
  }

  #unexpected(more: string = ''): ExpressionError {
    const { kind, value, at } = this.#token;
    return new ExpressionError(
      `unexpected ${kind === 'end' ? 'end' : JSON.stringify(String(value))}${more}`,
      at,
    );
  }

  #deeper(read: () => Node): Node {
    if (++this.#depth > maxDepth) {
      throw new ExpressionError(`nested deeper than ${maxDepth}`, this.#token.at);
    }
    const node = read();
    this.#depth--;
    return node;
  }
}

/** How tightly a word binds what is on its sides; `undefined` for one that is no binary operator. */
function powerOf(word: Token): number | undefined {
  if (word.kind !== 'operator' && word.kind !== 'name') return undefined;
  return Object.hasOwn(binary, word.value) ? binary[word.value] : undefined;
}

function pointer(at: number): Node {
  return { type: 'pointer', at, name: 'value' };
}
