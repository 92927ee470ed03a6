import { ExpressionError } from './error.js';

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

const simpleEscapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '`': '`',
};

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
  return inner.replaceAll(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|([^]))/g,
    (whole, hex: string, short: string, long: string, octal: string, simple: string, index: number) => {
      const code = hex ?? short ?? long;
      if (code !== undefined) {
        const point = Number.parseInt(code, 16);
        if (point > 0x10ffff) throw new ExpressionError(`bad escape ${whole}`, at + 1 + index);
        return String.fromCodePoint(point);
      }
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
      const meant = simpleEscapes[simple];
      if (meant === undefined) throw new ExpressionError(`bad escape ${whole}`, at + 1 + index);
      return meant;
    },
  );
}
