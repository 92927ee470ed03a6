import fc from 'fast-check';
import { expect, it } from 'vitest';
import { assertProperty } from '../../../test/support/property.js';
import { compileExpression, ExpressionError } from './index.js';

const words = fc.constantFrom(
  ...'body $ 1 2.5 "a" `b` nil true + - * / % ** == != < and or not in matches contains .. ?? ? : ( ) [ ] { } . ?. # , let x = ; if else filter map len upper sum reduce | a'.split(
    ' ',
  ),
);
const source = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.array(words, { maxLength: 16 }).map((list) => list.join(' ')),
);
const value = fc.jsonValue({ maxDepth: 3 });

it('any text is an expression, or is refused at a place within it; and what it comes to is a value, or an error of its own', () => {
  assertProperty(
    fc.property(source, value, (text, body) => {
      const wrong: unknown[] = [];
      try {
        compileExpression(text, { variables: ['body', '$'] }).evaluate({ body, $: body });
      } catch (error) {
        const { position = 0 } = error as ExpressionError;
        const isWithin = position >= 0 && position <= text.length;
        if (!(error instanceof ExpressionError) || !isWithin) wrong.push(error);
      }
      expect(wrong).toEqual([]);
    }),
  );
});

it('whole numbers are reckoned as 64 bits do', () => {
  const int = fc.bigInt({ min: -(2n ** 63n) + 1n, max: 2n ** 63n - 1n });
  assertProperty(
    fc.property(int, int, fc.constantFrom('+', '-', '*'), (a, b, operator) => {
      const found = compileExpression(`a ${operator} b`, { variables: ['a', 'b'] }).evaluate({ a, b });
      const exact = operator === '+' ? a + b : operator === '-' ? a - b : a * b;
      expect(found).toBe(BigInt.asIntN(64, exact));
    }),
  );
});
