export { compileExpression, type Expression, type ExpressionOptions } from './expression.js';
export { ExpressionError } from './error.js';
export { unescape } from './unescape.js';
