import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCollector } from '@tributary/collector';
import { defineExporter } from '@tributary/component';
import { fileLogReceiver } from '@tributary/receiver-filelog';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import type { LogWriterOptions, LogWriterReport } from './programs/src/log-writer-options.js';
import { always, backendOptions, good, host, isLong, recordFile } from './support/chain.js';
import { command, CommandProcess, telemetry } from './support/command-process.js';
import { BackendProcess, killAll, Program, until } from './support/processes.js';
import { readRecord } from './support/record.js';
import { printTable } from './support/table.js';

// Log files that another process writes: rotated at full speed, read by a collector that is killed, or refused.

const rotations = isLong ? 100 : 10;
const fullSpeed = 20 * 2 ** 20;

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'tributary-filelog-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** Writes in a process of its own. Resolves when it has ended. */
async function write(
  options: Partial<LogWriterOptions> & { readonly file: string },
): Promise<LogWriterReport> {
  let report: LogWriterReport | undefined;
  const errors: string[] = [];
  const writer = new Program(
    'test/proofs/programs/dist/log-writer.js',
    {
      WRITER_OPTIONS: JSON.stringify({
        firstId: 0,
        bytesPerSecond: fullSpeed,
        rotation: 'none',
        rotations,
        everyMs: 250,
        kept: 5,
        ms: 1_000,
        ...options,
      }),
    },
    (message) => (report = message as LogWriterReport),
    (line) => errors.push(line),
  );
  await writer.ended;
  if (report === undefined) throw new Error(`the writer ended: ${errors.join('\n')}`);
  return report;
}

/** How often each line has come. */
interface Counted {
  readonly written: number;
  readonly lost: number;
  readonly doubled: number;
}

function counted(times: { readonly length: number; took(id: number): number }): Counted {
  let [lost, doubled] = [0, 0];
  for (let id = 0; id < times.length; id++) {
    const took = times.took(id);
    if (took === 0) lost++;
    else doubled += took - 1;
  }
  return { written: times.length, lost, doubled };
}

const problemsOf = ({ lost, doubled }: Counted): string[] => [
  ...(lost > 0 ? [`lost ${lost} lines`] : []),
  ...(doubled > 0 ? [`doubled ${doubled} lines`] : []),
];

/** Reads what is written and rotated, in this process, with an exporter that counts. */
async function readRotated(
  options: Pick<LogWriterOptions, 'rotation'> & Partial<LogWriterOptions>,
): Promise<Counted & { readonly mibPerSecond: number }> {
  const file = path.join(folder(), 'app.log');
  const times = new Uint8Array(40_000_000);
  let arrived = 0;
  const counter = defineExporter({
    type: 'counter',
    config: z.strictObject({}),
    logs: () => ({
      consume(batch) {
        // Through bytes: a view of each record would take more than all the rest.
        const text = Buffer.from(batch.toBytes()).toString('latin1');
        for (let at = text.indexOf('item-'); at >= 0; at = text.indexOf('item-', at + 5)) {
          times[Number(text.slice(at + 5, text.indexOf(';', at)))]!++;
          arrived++;
        }
      },
    }),
  });
  const collector = createCollector({
    runtime: {
      logger: {
        debug() {},
        info() {},
        warn() {},
        error: (message, fields) => console.error(message, fields),
      },
    },
    pipelines: {
      logs: {
        receivers: [fileLogReceiver({ include: [`${file}*`], start_at: 'beginning' })],
        exporters: [counter()],
      },
    },
  });
  await collector.start();
  const { nextId, bytes, ms } = await write({ file, ...options });
  // Until nothing comes any more.
  for (let before = -1; before !== arrived;) {
    before = arrived;
    await sleep(1_000);
  }
  await collector.shutdown();
  expect(collector.balance().components.flatMap(({ dropped }) => [...dropped])).toEqual([]);
  return {
    ...counted({ length: nextId, took: (id) => times[id]! }),
    mibPerSecond: bytes / 2 ** 20 / (ms / 1000),
  };
}

function print(title: string, found: Counted & { readonly mibPerSecond?: number }): void {
  const { written, lost, doubled, mibPerSecond } = found;
  const speed = mibPerSecond === undefined ? {} : { 'MiB a second': mibPerSecond.toFixed(1) };
  printTable(title, [{ lines: written, lost, doubled, ...speed }]);
}

describe(`${rotations} rotations at 20 MiB a second`, () => {
  afterEach(killAll);

  it.each(['rename', 'copy'] as const)('by %s lose and double no line', async (rotation) => {
    const found = await readRotated({ rotation });
    print(`Rotation by ${rotation}`, found);
    expect(problemsOf(found)).toEqual([]);
    expect(found.mibPerSecond).toBeGreaterThan(15);
  });

  it('negative control: a line that is left out and one that is doubled are seen', async () => {
    const found = await readRotated({ rotation: 'rename', rotations: 2, leftOut: 1_000, doubled: 2_000 });
    print('Rotation, two lines wrong', found);
    expect(problemsOf(found)).toEqual(['lost 1 lines', 'doubled 1 lines']);
  });
});

function config(file: string, backend: string, storage: string | undefined, queue: string): string {
  return `
receivers:
  filelog:
    include: ["${file}*"]
    start_at: beginning
    poll_interval: 50ms
    ${storage === undefined ? '' : 'storage: file_storage'}
  # Says when it is ready, and where its books are.
  otlp: { protocols: { grpc: { endpoint: "${host}:0" } } }
exporters:
  otlp:
    endpoint: ${backend}
    tls: { insecure: true }
    retry_on_failure: { initial_interval: 50ms, max_interval: 200ms, max_elapsed_time: 0s }
    sending_queue: ${queue}
${storage === undefined ? '' : `extensions: { file_storage: { directory: "${storage}" } }`}
service:
  ${storage === undefined ? '' : 'extensions: [file_storage]'}
  pipelines: { logs: { receivers: [filelog, otlp], exporters: [otlp] } }
`;
}

/** Kills a collector while it reads, and starts it again; then it reads to the end. */
async function killWhileReading(storage: string | undefined, queue: string): Promise<Counted> {
  const file = path.join(folder(), 'app.log');
  const record = recordFile();
  const backend = await BackendProcess.start(backendOptions(record));
  const start = (): Promise<CommandProcess> =>
    CommandProcess.start(command, [config(file, backend.address, storage, queue), telemetry]);
  let collector = await start();
  let isOver = false;
  const writing = write({
    file,
    rotation: 'rename',
    rotations: 20,
    everyMs: 400,
    bytesPerSecond: 2 ** 20,
    kept: 100,
  }).finally(() => (isOver = true));
  for (let kill = 0; kill < 4; kill++) {
    await sleep(700);
    await collector.kill();
    collector = await start();
  }
  await until(() => isOver, 'the writer to end', 60_000);
  const { nextId } = await writing;
  for (let before = -1; ;) {
    const { requests } = readRecord(record);
    if (requests.took === before) break;
    before = requests.took;
    await sleep(1_000);
  }
  await collector.end();
  await backend.kill();
  const taken = readRecord(record);
  return counted({ length: nextId, took: (id) => taken.took(id) });
}

describe('four SIGKILLs of a collector that reads', () => {
  afterEach(killAll);

  it('lose no line', async () => {
    const storage = folder();
    const found = await killWhileReading(storage, '{ storage: file_storage }');
    print('SIGKILL, offsets and queue in files', found);
    expect(found.lost).toBe(0);
    // What was on its way, at most: a read of each kill, and what the queue was sending.
    expect(found.doubled).toBeLessThan(4 * 20_000);
  });

  it('negative control: a queue in memory loses some', async () => {
    const found = await killWhileReading(folder(), '{ num_consumers: 1, batch: { flush_timeout: 500ms } }');
    print('SIGKILL, offsets in files and queue in memory', found);
    expect(found.lost).toBeGreaterThan(0);
  });
});

describe('SIGTERM while the backend refuses', () => {
  afterEach(killAll);

  it('loses no line, and doubles none', async () => {
    const file = path.join(folder(), 'app.log');
    const storage = folder();
    const record = recordFile();
    const refusing = always({ takes: false, says: { code: 14, message: 'not now' } });
    const backend = await BackendProcess.start(backendOptions(record, refusing));
    const text = config(file, backend.address, storage, '{ enabled: false }');
    const { nextId } = await write({ file, ms: 500, bytesPerSecond: 800_000 });
    const first = await CommandProcess.start(command, [text, telemetry]);
    await sleep(1_500);
    expect(await first.end()).toBe(0);
    backend.behave(good);
    const second = await CommandProcess.start(command, [text, telemetry]);
    await until(() => readRecord(record).took(nextId - 1) > 0, 'the last line to arrive');
    await second.end();
    await backend.kill();
    const taken = readRecord(record);
    const found = counted({ length: nextId, took: (id) => taken.took(id) });
    print('SIGTERM while the backend refuses', found);
    expect(found.written).toBeGreaterThan(1_900);
    expect(problemsOf(found)).toEqual([]);
  });
});
