export { compileExpression, type Expression, type ExpressionOptions } from './expression.js';
export { ExpressionError } from './error.js';
