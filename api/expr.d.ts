// @tributary/expr: what the package exports, written by scripts/api.mjs.

export interface Expression {
  evaluate(variables: Readonly<Record<string, unknown>>): unknown;
}
export declare class ExpressionError extends Error {
  readonly position: number | undefined;
  constructor(message: string, position?: number);
}
export interface ExpressionOptions {
  readonly variables: readonly string[];
  readonly functions?: Readonly<Record<string, (...args: readonly unknown[]) => unknown>> | undefined;
  readonly result?: 'boolean' | undefined;
}
export declare function compileExpression(source: string, options: ExpressionOptions): Expression;
export declare function unescape(text: string, fail: (escaped: string, index: number) => never): string;
