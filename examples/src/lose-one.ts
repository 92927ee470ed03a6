import { defineProcessor } from '@tributary/component';
import { z } from 'zod';

/** Loses one span of a trace that is kept, without a trace of it: what the demo must notice. */
export const loseOne = defineProcessor({
  type: 'lose_one',
  config: z.strictObject({}),
  traces: () => {
    let isDone = false;
    return {
      process(traces) {
        if (isDone) return;
        for (const span of traces.spans()) {
          if (span.status.code !== 'error') continue;
          span.remove();
          isDone = true;
          return;
        }
      },
    };
  },
});
