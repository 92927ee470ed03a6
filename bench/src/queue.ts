/**
 * What a sending queue lets through, in memory and in files: spans a second and CPU of the process.
 *
 *     node bench/dist/queue.js
 *
 * A source offers requests, as many at a time as there are consumers, to an exporter whose send succeeds at once:
 * nothing but the queue is measured. `fsync` waits for the disk at each write; writes that come meanwhile go together.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { createCollector } from '@tributary/collector';
import { defineExporter, type ExtensionRef, type StorageProvider } from '@tributary/component';
import { deliver, deliveryShape } from '@tributary/delivery';
import { fileStorage } from '@tributary/extension-filestorage';
import { sampleTraces, testReceiver } from '@tributary/testkit';
import { z } from 'zod';

const measuredMs = 3_000;
const senders = 10;

const instant = defineExporter({
  type: 'instant',
  config: z.strictObject({ ...deliveryShape }),
  traces: (settings) => deliver(settings, async () => {}),
});

async function measure(
  spansPerRequest: number,
  storage: ExtensionRef<StorageProvider> | undefined,
): Promise<{ readonly spansPerSecond: number; readonly usPerRequest: number }> {
  const source = testReceiver();
  const exporter = instant({ sending_queue: { storage } });
  const logger = { debug() {}, info() {}, warn() {}, error() {} };
  await using collector = createCollector({
    runtime: { logger },
    ...(storage !== undefined && { extensions: [storage] }),
    pipelines: { traces: { receivers: [source], exporters: [exporter] } },
  });
  await collector.start();
  const batch = sampleTraces({ spans: spansPerRequest });
  let requests = 0;
  let isOver = false;
  const send = async (): Promise<void> => {
    while (!isOver) {
      await source.send(batch.clone());
      requests++;
      // In memory nothing else would ever have its turn.
      if (requests % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const run = async (ms: number): Promise<void> => {
    isOver = false;
    const timer = setTimeout(() => (isOver = true), ms);
    await Promise.all(Array.from({ length: senders }, send));
    clearTimeout(timer);
  };
  await run(1_000);
  requests = 0;
  const [startMs, before] = [performance.now(), process.cpuUsage()];
  await run(measuredMs);
  const seconds = (performance.now() - startMs) / 1000;
  const { user, system } = process.cpuUsage(before);
  return {
    spansPerSecond: (requests * spansPerRequest) / seconds,
    usPerRequest: (user + system) / requests,
  };
}

console.log(`${cpus()[0]?.model ?? 'unknown CPU'}, ${availableParallelism()} cores, Node ${process.version}`);
for (const spansPerRequest of [50, 1_000]) {
  for (const kind of ['memory', 'files', 'files, fsync'] as const) {
    const directory = mkdtempSync(path.join(tmpdir(), 'queue-bench-'));
    const storage =
      kind === 'memory' ? undefined : fileStorage({ directory, fsync: kind === 'files, fsync' });
    const { spansPerSecond, usPerRequest } = await measure(spansPerRequest, storage);
    rmSync(directory, { recursive: true });
    const words = `${(spansPerSecond / 1e6).toFixed(2)} million spans a second`;
    console.log(
      `${spansPerRequest} a request, ${kind.padEnd(12)} ${words}, ${usPerRequest.toFixed(0)} µs of CPU a request`,
    );
  }
}
