import fc from 'fast-check';
import { expect, it } from 'vitest';
import { assertProperty } from '../../../test/support/property.js';
import type { OperatorConfig } from '../src/index.js';
import { arrange, entry, receipt } from './support.js';

const operator = fc.constantFrom<OperatorConfig>(
  { type: 'noop' },
  { type: 'json_parser' },
  { type: 'json_parser', on_error: 'drop' },
  { type: 'key_value_parser', on_error: 'drop_quiet' },
  { type: 'move', from: 'attributes.a', to: 'attributes.b' },
  { type: 'filter', expr: 'body contains "x"' },
  { type: 'filter', expr: 'attributes.a == 1', on_error: 'drop' },
  { type: 'recombine', combine_field: 'body', is_first_entry: 'body startsWith "{"' },
  { type: 'recombine', combine_field: 'body', is_last_entry: 'body endsWith "y"', max_batch_size: 3 },
  { type: 'container' },
  { type: 'container', on_error: 'drop' },
  { type: 'regex_replace', field: 'body', regex: 'x', replace_with: 'y' },
);
const text = fc.constantFrom(
  '{"a":1}',
  'a=1 b=2',
  'x',
  'y',
  'plain',
  '2026-11-27T10:00:00Z stdout P cut',
  '2026-11-27T10:00:00Z stdout F end y',
  '{"log":"x","stream":"stdout","time":"2026-11-27T10:00:00Z"}',
);

it('each record is let go exactly once, whatever becomes of it, and the books add up', () => {
  assertProperty(
    fc.property(fc.array(operator, { maxLength: 6 }), fc.array(text, { maxLength: 20 }), (configs, texts) => {
      const { operators, emitted, counts } = arrange(configs);
      const receipts = texts.map((body) => {
        const given = entry(body, { 'log.file.path': '/x' });
        const counted = receipt();
        given.receipt = counted;
        operators.process(given);
        return counted;
      });
      operators.close();
      expect(operators.held).toEqual({ entries: 0, bytes: 0 });
      expect(texts.length + counts.created).toBe(
        emitted.length + counts.absorbed + counts.filtered + counts.dropped,
      );
      for (const each of emitted) each.receipt.release();
      expect(receipts.map(({ holds }) => holds)).toEqual(receipts.map(() => 0));
    }),
  );
});
