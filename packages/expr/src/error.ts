/** Wrong in an expression: when it is compiled, with the place, or when it runs. */
export class ExpressionError extends Error {
  /** Index of the first character that is wrong, where there is one. */
  readonly position: number | undefined;

  constructor(message: string, position?: number) {
    super(message);
    this.name = 'ExpressionError';
    this.position = position;
  }
}
