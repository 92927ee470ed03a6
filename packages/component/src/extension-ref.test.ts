import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checkConfig } from './config-error.js';
import { defineExtension, defineProcessor } from './define.js';
import { extensionRef } from './extension-ref.js';

const schema = z.strictObject({ storage: extensionRef<object>().optional() });

describe('a key that names an extension', () => {
  it('takes the reference of one', () => {
    const store = defineExtension({ type: 'store', config: z.strictObject({}), create: () => ({}) });
    const storage = store();
    expect(checkConfig(schema, { storage }, [])).toEqual({ config: { storage } });
  });

  it('refuses everything else, and says what was asked for', () => {
    const drop = defineProcessor({
      type: 'drop',
      config: z.strictObject({}),
      traces: () => ({ process: () => {} }),
    });
    for (const storage of ['store', {}, null, drop()]) {
      expect(checkConfig(schema, { storage }, ['exporters', 'otlp'])).toEqual({
        problems: [
          {
            path: ['exporters', 'otlp', 'storage'],
            message: 'must be an extension',
            cause: { kind: 'type', expected: 'extension' },
          },
        ],
      });
    }
  });
});
