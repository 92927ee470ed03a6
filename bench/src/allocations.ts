/**
 * What passing a span on leaves on the JavaScript heap: `npm run bench:allocations`.
 *
 *     node bench/dist/allocations.js [--check] [--break]
 *
 * Sends requests of 10 and of 1,000 spans through bytes, check, memory_limiter, batch, queue and bytes again,
 * while no garbage is collected, and compares how much the heap grows for each: the difference is what the
 * spans cost. `--check` exits 1 above the target; `--break` reads the name of every span, which must fail it.
 */
import { spawnSync } from 'node:child_process';
import { createCollector, createLogger } from '@tributary/collector';
import { defineExporter, defineProcessor } from '@tributary/component';
import { deliver, deliveryShape } from '@tributary/delivery';
import { Traces } from '@tributary/pdata';
import { batch } from '@tributary/processor-batch';
import { memoryLimiter } from '@tributary/processor-memorylimiter';
import { testReceiver } from '@tributary/testkit';
import { z } from 'zod';
import { makeTraces } from './load/telemetry.js';

/** Bytes of heap a span; what is left is noise of the two measurements. */
const targetBytes = 1;
const requests = 300;

const isCheck = process.argv.includes('--check');
const isBroken = process.argv.includes('--break');
// A young generation so large that nothing is collected while we count.
const flags = ['--expose-gc', '--min-semi-space-size=1024', '--max-semi-space-size=1024'];
if (globalThis.gc === undefined) {
  const { status } = spawnSync(process.execPath, [...flags, ...process.argv.slice(1)], { stdio: 'inherit' });
  process.exit(status ?? 1);
}

const sink = defineExporter({
  type: 'sink',
  config: z.strictObject(deliveryShape),
  traces: (settings) =>
    deliver(settings, async (traces) => {
      traces.toBytes();
    }),
});
const names = defineProcessor({
  type: 'names',
  config: z.strictObject({}),
  traces: () => ({
    process(traces) {
      for (const span of traces.spans()) void span.name;
    },
  }),
});
const source = testReceiver();
const collector = createCollector({
  runtime: { logger: createLogger({ level: 'error' }) },
  pipelines: {
    traces: {
      receivers: [source],
      processors: [
        memoryLimiter({ check_interval: '1h', limit_mib: 100_000 }),
        ...(isBroken ? [names()] : []),
        // Each request is a batch: the same number of sends for either size.
        batch({ send_batch_size: 1 }),
      ],
      exporters: [sink()],
    },
  },
});
await collector.start();

/** Bytes by which the heap grows for a request of so many spans. */
async function growthPerRequest(spans: number): Promise<number> {
  const bytes = makeTraces(spans, 1);
  const run = async (): Promise<void> => {
    for (let i = 0; i < requests; i++) await source.send(Traces.from(bytes));
  };
  await run();
  globalThis.gc!();
  const before = process.memoryUsage().heapUsed;
  await run();
  return (process.memoryUsage().heapUsed - before) / requests;
}

// The compiler has its say first.
for (let i = 0; i < 3; i++) await growthPerRequest(1000);
const small = await growthPerRequest(10);
const large = await growthPerRequest(1000);
await collector.shutdown();
const perSpan = (large - small) / 990;
console.log(`Node ${process.version}, ${requests} requests of each size`);
console.log(`heap for a request of 10 spans     ${small.toFixed(0)} bytes`);
console.log(`heap for a request of 1,000 spans  ${large.toFixed(0)} bytes`);
console.log(
  `heap for a span                    ${perSpan.toFixed(2)} bytes (target: at most ${targetBytes})`,
);
if (isCheck && perSpan > targetBytes) process.exitCode = 1;
