import fc from 'fast-check';
import { describe, it } from 'vitest';
import { assertProperty } from '../../../test/support/property.js';
import { runProgram } from './edit-program.js';

describe('a batch', () => {
  it.each(['traces', 'metrics', 'logs', 'profiles'] as const)(
    'of %s says after any edits what a plain object says after the same',
    (signal) => {
      assertProperty(
        fc.property(fc.gen(), fc.integer({ min: 1, max: 14 }), (g, steps) => runProgram(g, signal, steps)),
        0.1,
      );
    },
  );
});
