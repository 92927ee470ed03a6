import { ExpressionError } from './error.js';
import { unescape } from './unescape.js';

/** A word of an expression. */
export type Token =
  | { readonly kind: 'number'; readonly at: number; readonly value: number | bigint }
  | { readonly kind: 'string'; readonly at: number; readonly value: string }
  | { readonly kind: 'name'; readonly at: number; readonly value: string }
  | { readonly kind: 'operator'; readonly at: number; readonly value: string }
  | { readonly kind: 'end'; readonly at: number; readonly value: '' };

const blank = /(?:\s+|\/\/[^\n]*|\/\*[^]*?\*\/)+/y;
const number =
  /0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*)?\.\d[\d_]*(?:[eE][+-]?\d+)?|\d[\d_]*(?:\.(?!\.)\d*)?(?:[eE][+-]?\d+)?/y;
const name = /[\p{L}_$][\p{L}\p{N}_$]*/uy;
const operator = /\*\*|\?\.|\?\?|\?:|==|!=|<=|>=|&&|\|\||\.\.|[-+*/%^<>=!?:.,;()[\]{}|#]/y;
const text = /"(?:[^"\\\n]|\\[^])*"|'(?:[^'\\\n]|\\[^])*'|`[^`]*`/y;

/** @throws {ExpressionError} */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(source)?.[0];
  };
  for (;;) {
    at += take(blank)?.length ?? 0;
    if (at >= source.length) break;
    let word = take(text);
    if (word !== undefined) tokens.push({ kind: 'string', at, value: unquote(word, at) });
    else if ((word = take(number)) !== undefined)
      tokens.push({ kind: 'number', at, value: numberOf(word, at) });
    else if ((word = take(name)) !== undefined) tokens.push({ kind: 'name', at, value: word });
    else if ((word = take(operator)) !== undefined) tokens.push({ kind: 'operator', at, value: word });
    else {
      const character = String.fromCodePoint(source.codePointAt(at)!);
      const problem = /["'`]/.test(character)
        ? 'a text that does not end'
        : `unexpected ${JSON.stringify(character)}`;
      throw new ExpressionError(problem, at);
    }
    at += word.length;
  }
  tokens.push({ kind: 'end', at: source.length, value: '' });
  return tokens;
}

function numberOf(word: string, at: number): number | bigint {
  const digits = word.replaceAll('_', '');
  if (/^0[xXoObB]$/.test(digits)) throw new ExpressionError(`bad number ${word}`, at);
  if (!/^0[xXoObB]/.test(digits) && /[.eE]/.test(digits)) return Number(digits);
  const value = BigInt(digits);
  if (value >= 2n ** 63n) throw new ExpressionError(`${word} is more than 64 bits hold`, at);
  return value;
}

function unquote(word: string, at: number): string {
  const inner = word.slice(1, -1);
  if (word.startsWith('`')) return inner;
  return unescape(inner, (escaped, index) => {
    throw new ExpressionError(`bad escape ${escaped}`, at + 1 + index);
  });
}
