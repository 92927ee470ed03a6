import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileExporter, type FileExporterConfig } from '@tributary/exporter-file';
import { Logs } from '@tributary/pdata';
import fc from 'fast-check';
import { it } from 'vitest';
import { assertProperty } from '../support/property.js';
import { bench, framesOf, linesOf, scratch, tearableDisk, type Bench, type Disk } from './support.js';

type Step =
  | { readonly do: 'send'; readonly bytes: number }
  | { readonly do: 'room'; readonly bytes: number }
  | { readonly do: 'wait' }
  | { readonly do: 'kill'; readonly torn: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('send' as const),
      bytes: fc.constantFrom(10, 1000, 30_000, 70_000),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('room' as const),
      bytes: fc.constantFrom(0, 1, 500, 40_000, Infinity),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ do: 'wait' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('kill' as const), torn: fc.constantFrom(0, 1, 4, 50, 20_000) }),
  },
);

function logsOf(id: number, bytes: number): Logs {
  const logs = Logs.create();
  logs
    .addResourceLogs()
    .addScope()
    .add({ body: 'x'.repeat(bytes), attributes: { id } });
  return logs;
}

function idsOf(file: Buffer, format: 'json' | 'proto'): number[] {
  const batches =
    format === 'json'
      ? linesOf(file).map((line) => Logs.fromJson(line))
      : framesOf(file).map((frame) => Logs.from(frame));
  return batches.flatMap((logs) => [...logs.records()].map((record) => Number(record.attributes.get('id'))));
}

/** Sends, fails, is killed and starts again; says what is wrong with the file in the end. */
async function problem(format: 'json' | 'proto', steps: readonly Step[]): Promise<string | undefined> {
  await using tmp = await scratch();
  const file = path.join(tmp.folder, 'data');
  const config: FileExporterConfig = { path: file, format, append: true, flush_interval: '1s' };
  const sent: {
    readonly id: number;
    readonly bytes: number;
    readonly outcome: 'accepted' | 'rejected';
    life: number;
  }[] = [];
  let disk: Disk = tearableDisk();
  let b: Bench = await bench(fileExporter(config), disk);
  let life = 0;

  for (const [id, next] of steps.entries()) {
    if (next.do === 'send') {
      const outcome = await b.source.send(logsOf(id, next.bytes)).then(
        () => 'accepted' as const,
        () => 'rejected' as const,
      );
      sent.push({ id, bytes: next.bytes, outcome, life });
    } else if (next.do === 'room') {
      disk.room = next.bytes;
    } else if (next.do === 'wait') {
      await b.clock.advance('1s');
    } else {
      // The last thing it does is half a write; nobody is left to cut it off.
      Object.assign(disk, { room: next.torn, failsToTruncate: true });
      await b.source.send(logsOf(-1, 70_000)).catch(() => {});
      await disk.kill();
      const whole = idsOf(await mended(file, format), format);
      const lost = sent.filter(
        ({ id: of, outcome, life: in_ }) => in_ === life && outcome === 'accepted' && !whole.includes(of),
      );
      const lostBytes = lost.reduce((sum, { bytes }) => sum + bytes, 0);
      if (lostBytes > 64 * 1024) return `${lostBytes} accepted bytes were lost`;
      for (const entry of lost) sent.splice(sent.indexOf(entry), 1);
      life++;
      disk = tearableDisk();
      b = await bench(fileExporter(config), disk);
    }
  }
  disk.room = Infinity;
  let isStopped = false;
  const stopped = b.collector.shutdown().then(() => (isStopped = true));
  for (let turns = 0; !isStopped && turns < 10_000; turns++) {
    await new Promise((resolve) => setImmediate(resolve));
    // A write that was under way may have failed yet, and be tried again in a second.
    if (b.clock.timers().some(({ kind }) => kind === 'sleep')) await b.clock.advance('1s');
  }
  await stopped;

  const found = idsOf(await readFile(file), format).filter((id) => id >= 0);
  const expected = sent.filter(({ outcome }) => outcome === 'accepted').map(({ id }) => id);
  return String(found) === String(expected) ? undefined : `${found.join()} instead of ${expected.join()}`;
}

/** The whole records of a file that was left by a killed process. */
async function mended(file: string, format: 'json' | 'proto'): Promise<Buffer> {
  const bytes = await readFile(file);
  if (format === 'json') return bytes.subarray(0, bytes.lastIndexOf('\n') + 1);
  let end = 0;
  while (end + 4 <= bytes.length && end + 4 + bytes.readUInt32BE(end) <= bytes.length) {
    end += 4 + bytes.readUInt32BE(end);
  }
  return bytes.subarray(0, end);
}

it('has every accepted record in the file once and in order, whatever fails, but for 64 KiB at a kill', async () => {
  await assertProperty(
    fc.asyncProperty(
      fc.constantFrom('json', 'proto'),
      fc.array(step, { maxLength: 25 }),
      async (format, steps) => {
        const wrong = await problem(format, steps);
        if (wrong !== undefined) throw new Error(wrong);
      },
    ),
    0.1,
  );
});
