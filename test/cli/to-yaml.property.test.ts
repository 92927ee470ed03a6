import fc from 'fast-check';
import { expect, it } from 'vitest';
import { plainOf } from '../../packages/cli/src/plain.js';
import { toYaml, type Plain } from '../../packages/cli/src/to-yaml.js';
import { parseYaml, wholeOf } from '../../packages/config/src/yaml.js';
import { assertProperty } from '../support/property.js';

function read(text: string): Plain {
  const { node, diagnostics } = parseYaml(wholeOf({ name: 'test', text }));
  expect(diagnostics).toEqual([]);
  return plainOf(node!);
}

it('what is printed as YAML is read as the same', () => {
  // Words that YAML could take for something else are likelier than chance has them.
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom(
      '',
      'null',
      'yes',
      'True',
      '0123',
      '1e3',
      '1:20',
      '10s',
      '.5',
      '~',
      '- a',
      'a: b',
      '#',
      '0x1',
      '/a:b',
      '2001-01-01',
    ),
  );
  const { value } = fc.letrec<{ value: Plain }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      text,
      fc.boolean(),
      fc.constant(null),
      fc.integer(),
      fc
        .double({ noNaN: true, noDefaultInfinity: true })
        // Whole numbers that a double cannot tell from their neighbours are read exactly.
        .filter((number) => !Number.isInteger(number) || Number.isSafeInteger(number))
        .map((number) => (Object.is(number, -0) ? 0 : number)),
      fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(
        text.filter((key) => key !== '' && key !== '__proto__'),
        tie('value'),
        { maxKeys: 4 },
      ),
    ),
  }));
  assertProperty(
    fc.property(value, (plain) => {
      expect(read(toYaml(plain))).toEqual(plain);
    }),
  );
});
