/** A processor of one's own: takes attributes out of every span. `redact.test.ts` runs it. */
import { defineProcessor } from '@tributary/component';
import { z } from 'zod';

export const redact = defineProcessor({
  type: 'redact',
  config: z.strictObject({ keys: z.array(z.string()).default(['user.email']) }),
  traces: ({ config }) => ({
    process(traces) {
      for (const span of traces.spans()) for (const key of config.keys) span.attributes.delete(key);
    },
  }),
});
