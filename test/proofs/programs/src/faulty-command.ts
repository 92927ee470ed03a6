/** The command `tributary` with two components more, which are faults: what the proofs must notice. */
import { runCli } from '@tributary/cli';
import { defineProcessor } from '@tributary/component';
import { components } from '@tributary/distribution';
import { loseOne } from '@tributary/examples/lose-one';
import { z } from 'zod';

/** Keeps copies of every second request that passes, and never lets them go. */
const leak = defineProcessor({
  type: 'leak',
  config: z.strictObject({ copies: z.int().default(1) }),
  traces: ({ config }) => {
    const kept: Uint8Array[] = [];
    let passed = 0;
    return {
      process(traces) {
        if (++passed % 2 === 1) return;
        for (let i = 0; i < config.copies; i++) kept.push(Uint8Array.from(traces.toBytes()));
      },
    };
  },
});

const own = [...components, leak, loseOne];
process.exitCode = await runCli({ name: 'faulty-command', version: '1.0.0', components: own });
