import { totalmem } from 'node:os';
import { defineExtension, defineProcessor, type Host, type Runtime } from '@tributary/component';
import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { createCollector, type Collector, type CollectorOptions } from '../src/index.js';
import { noConfig, recordingLogger, sink, source } from './support.js';

/** Keeps the process within a limit. */
const limiting = defineProcessor({
  type: 'limiting',
  config: z.strictObject({ bytes: z.number() }),
  traces: ({ config }) => ({ process() {}, memoryLimit: async () => config.bytes }),
});

/** Starts before all others, and asks there. */
function asking(): {
  readonly extension: NonNullable<CollectorOptions['extensions']>[number];
  host?: Host;
  atStart?: number;
} {
  const asker: ReturnType<typeof asking> = {
    extension: defineExtension({
      type: 'asking',
      config: noConfig,
      create: () => ({
        async start(host) {
          asker.host = host;
          asker.atStart = await host.memoryLimit();
        },
      }),
    })(),
  };
  return asker;
}

const pipelinesOf = (...limits: number[]): CollectorOptions['pipelines'] => ({
  traces: {
    receivers: [source()],
    processors: limits.map((bytes, index) => limiting({ bytes }, { name: String(index) })),
    exporters: [sink()],
  },
});

/** Files of a cgroup, and none else. */
const files = (texts: Readonly<Record<string, string>>): Runtime['fs'] =>
  ({
    readFile: async (path: string) => {
      const text = texts[path];
      if (text === undefined) throw new Error(`no such file: ${path}`);
      return text;
    },
  }) as unknown as Runtime['fs'];

async function started(options: CollectorOptions): Promise<Collector> {
  const collector = createCollector({ runtime: { logger: recordingLogger() }, ...options });
  onTestFinished(() => collector.shutdown());
  await collector.start();
  return collector;
}

it('the memory limit is the least of those who keep one, also of those who have not started', async () => {
  const asker = asking();
  await started({ pipelines: pipelinesOf(3000, 2000), extensions: [asker.extension] });
  expect(asker.atStart).toBe(2000);
});

it('a reload changes the memory limit', async () => {
  const asker = asking();
  const kept = { extensions: [asker.extension] };
  const collector = await started({ pipelines: pipelinesOf(2000), ...kept });
  await collector.reload({ pipelines: pipelinesOf(5000), ...kept });
  expect([asker.atStart, await asker.host!.memoryLimit()]).toEqual([2000, 5000]);
});

it.each([
  ['what version 2 of the cgroup allows', { '/sys/fs/cgroup/memory.max': '1048576\n' }, 1_048_576],
  [
    'what version 1 of the cgroup allows',
    { '/sys/fs/cgroup/memory/memory.limit_in_bytes': '2097152\n' },
    2_097_152,
  ],
  [
    'the memory of the machine where the cgroup has no limit',
    { '/sys/fs/cgroup/memory.max': 'max\n' },
    totalmem(),
  ],
  ['the memory of the machine where there is no cgroup', {}, totalmem()],
])('without a limiter the memory limit is %s', async (_, texts, bytes) => {
  const asker = asking();
  await started({
    runtime: { logger: recordingLogger(), fs: files(texts) },
    pipelines: pipelinesOf(),
    extensions: [asker.extension],
  });
  expect(asker.atStart).toBe(bytes);
});
