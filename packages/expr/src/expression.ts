import { nearest } from '@tributary/component';
import { Compiler, isNever, type Frame } from './compile.js';
import { ExpressionError } from './error.js';
import { parse } from './parser.js';

/** An expression of the expr language, ready to be evaluated. */
export interface Expression {
  /**
   * What it comes to. Values are those of JavaScript: string, number (a float), bigint (an int of 64 bits), boolean,
   * null (nil), arrays, plain objects (maps), `Date` (a time) and `Uint8Array`.
   *
   * @throws {ExpressionError} for what shows at run time only, such as an operand of a wrong type
   */
  evaluate(variables: Readonly<Record<string, unknown>>): unknown;
}

export interface ExpressionOptions {
  /** Names that may be used; others are refused when the expression is compiled. */
  readonly variables: readonly string[];
  /** Functions beside those of the language: `env`. */
  readonly functions?: Readonly<Record<string, (...args: readonly unknown[]) => unknown>> | undefined;
  /** What it must come to; refused where the text tells that it does not. */
  readonly result?: 'boolean' | undefined;
}

/** @throws {ExpressionError} with the place of what is wrong */
export function compileExpression(source: string, options: ExpressionOptions): Expression {
  const { variables, functions = {}, result } = options;
  const tree = parse(source);
  if (result === 'boolean' && isNever(tree, 'boolean')) {
    throw new ExpressionError('must come to a bool', tree.at);
  }
  const run = new Compiler({ variables: new Set(variables), functions, suggest: nearest }).compile(tree);
  return {
    evaluate(values) {
      const frame: Frame = { variables: values, locals: [], value: null, acc: null, index: 0 };
      try {
        return run(frame);
      } catch (error) {
        if (error instanceof ExpressionError) throw error;
        // What JavaScript itself refuses: a number of too many digits, a stack that is too deep.
        throw new ExpressionError((error as Error).message);
      }
    },
  };
}
