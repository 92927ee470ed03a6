import path from 'node:path';
import fc from 'fast-check';
import { it } from 'vitest';
import { assertProperty } from '../../../test/support/property.js';
import { createGroupPath } from './group-path.js';

const part = fc.oneof(
  fc.constantFrom('..', '.', '', 'a', '...', '~', '\\', 'b.json'),
  fc.string({ maxLength: 3 }),
);
const value = fc.array(part, { maxLength: 8 }).map((parts) => parts.join('/'));
const prefix = fc.constantFrom('/data/', '/data/logs-', './out/', 'out', '../x/', '/', './', '/a/../b/');
const suffix = fc.constantFrom('', '.json', '/out.json', '/../x');

it('never leaves what stands before the *, whatever the value is', () => {
  assertProperty(
    fc.property(prefix, value, suffix, (before, text, after) => {
      const file = path.resolve(createGroupPath(`${before}*${after}`)(text));
      const root = path.resolve(before);
      // A prefix that ends within a name is the beginning of names, not a folder.
      return before.endsWith('/')
        ? `${file}/`.startsWith(root === '/' ? root : `${root}/`)
        : file.startsWith(root);
    }),
  );
});
