import { readFile, stat, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { imbalances, type BalanceLine } from '@tributary/collector';
import { fileExporter } from '@tributary/exporter-file';
import { Logs } from '@tributary/pdata';
import { sampleLogs } from '@tributary/testkit';
import { describe, expect, it } from 'vitest';
import { measured } from '../support/measured.js';
import { bench, framesOf, linesOf, scratch, tearableDisk, type Bench } from './support.js';

const large = sampleLogs({ records: 1000 });
const small = sampleLogs({ records: 3 });
const lineOf = (batch: typeof small): string => batch.toJson();

function account({ collector }: Bench): BalanceLine | undefined {
  return collector
    .balance()
    .components.find(({ component, signal }) => component === 'file' && signal === 'logs');
}

describe('a write that fails', () => {
  it.each([0, 1, 1000])('leaves no half record behind, %d bytes of it being written', async (room) => {
    await using tmp = await scratch();
    const file = path.join(tmp.folder, 'data.json');
    const disk = tearableDisk();
    await using b = await bench(fileExporter({ path: file }), disk);
    await b.source.send(large.clone());
    const before = await readFile(file);

    disk.room = room;
    await expect(b.source.send(large.clone())).rejects.toMatchObject({
      kind: 'retryable',
      message: expect.stringContaining(`cannot write to ${file}: ENOSPC`) as string,
    });
    expect(before.equals(await readFile(file))).toBe(true);

    disk.room = Infinity;
    await b.source.send(large.clone());
    expect(linesOf(await readFile(file))).toEqual([lineOf(large), lineOf(large)]);
    expect(account(b)).toMatchObject({ received: 2000, passed: 2000, held: 0 });
    expect(imbalances(b.collector.balance())).toEqual([]);
  });

  it.each([true, false])(
    'is mended before the next one, the disk being gone meanwhile; append: %s',
    async (append) => {
      await using tmp = await scratch();
      const file = path.join(tmp.folder, 'data.binpb');
      const disk = tearableDisk();
      const b = await bench(fileExporter({ path: file, format: 'proto', append }), disk);
      await b.source.send(large.clone());
      Object.assign(disk, { room: 20_000, code: 'EIO', failsToTruncate: true });
      await expect(b.source.send(large.clone())).rejects.toThrow('EIO');
      await expect(b.source.send(large.clone())).rejects.toThrow('EIO');
      expect((await stat(file)).size).toBe(large.byteLength + 4 + 20_000);

      Object.assign(disk, { room: Infinity, failsToTruncate: false });
      await b.source.send(small.clone());
      await b.collector.shutdown();
      expect(framesOf(await readFile(file)).map(({ length }) => length)).toEqual([
        large.byteLength,
        small.byteLength,
      ]);
    },
  );

  it('loses nothing that was accepted: it is tried again, and nothing more is accepted before', async () => {
    await using tmp = await scratch();
    const file = path.join(tmp.folder, 'data.json');
    const disk = tearableDisk();
    await using b = await bench(fileExporter({ path: file, flush_interval: '1s' }), disk);
    await b.source.send(small.clone());
    disk.room = 10;
    await b.clock.advance('1s');
    await expect.poll(() => b.log.filter(({ level }) => level === 'error')).toHaveLength(1);
    expect(b.log.at(-1)).toMatchObject({
      message: 'Cannot write what was accepted. Will try again.',
      fields: { path: file, error: 'ENOSPC: the disk says so' },
    });
    await expect(b.source.send(small.clone())).rejects.toMatchObject({ kind: 'retryable' });
    expect(await readFile(file, 'utf8')).toBe('');
    expect(account(b)).toMatchObject({ received: 3, held: 3 });

    disk.room = Infinity;
    await b.clock.advance('1s');
    await expect.poll(() => account(b)).toMatchObject({ received: 3, held: 0, passed: 3 });
    expect(linesOf(await readFile(file))).toEqual([lineOf(small)]);
    // From here on as before.
    await b.source.send(small.clone());
    expect(account(b)).toMatchObject({ received: 6, held: 3 });
  });

  it('is made up for by the next caller, in the order of arrival', async () => {
    await using tmp = await scratch();
    const file = path.join(tmp.folder, 'data.json');
    const disk = tearableDisk();
    await using b = await bench(fileExporter({ path: file }), disk);
    await b.source.send(small.clone());
    disk.room = 0;
    await expect(b.source.send(large.clone())).rejects.toMatchObject({ kind: 'retryable' });
    disk.room = Infinity;
    const other = sampleLogs({ records: 1, seed: 2 });
    await b.source.send(other.clone());
    expect(linesOf(await readFile(file))).toEqual([lineOf(small), lineOf(other)]);
  });

  it('is counted as what failed to be sent, beside what was sent', async () => {
    await using tmp = await scratch();
    const disk = tearableDisk();
    const measurements = measured();
    await using b = await bench(
      fileExporter({ path: path.join(tmp.folder, 'x') }),
      disk,
      measurements.provider,
    );
    await b.source.send(large.clone());
    disk.room = 5;
    await expect(b.source.send(large.clone())).rejects.toThrow('ENOSPC');
    const series = await measurements.collect('otelcol_exporter_');
    const sums = ['sent_log_records', 'send_failed_log_records'].map((name) =>
      series
        .filter((one) => one.name === name)
        .map(({ value, attributes }) => [value, attributes['exporter']]),
    );
    expect(sums).toEqual([[[1000, 'file']], [[1000, 'file']]]);
  });

  it('is answered to all who wait', async () => {
    await using tmp = await scratch();
    const disk = tearableDisk();
    await using b = await bench(fileExporter({ path: path.join(tmp.folder, 'x') }), disk);
    disk.room = 5;
    const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => b.source.send(large.clone())));
    expect(outcomes.map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => 'rejected'));
    expect(imbalances(b.collector.balance())).toEqual([]);
  });
});

describe('what waits to be written', () => {
  it('is bounded: callers are refused above, before they are read as well', async () => {
    await using tmp = await scratch();
    const disk = tearableDisk();
    await using b = await bench(fileExporter({ path: path.join(tmp.folder, 'x') }), disk);
    let goOn = (): void => {};
    disk.beforeWrite = () => new Promise((resolve) => (goOn = resolve));
    const huge = Logs.create();
    const record = huge.addResourceLogs().addScope().add();
    record.body = 'x'.repeat(10 * 2 ** 20);
    const fitting = 6;
    const accepted: Promise<void>[] = [];
    for (let n = 0; n < fitting; n++) {
      expect(b.source.admit('logs', huge.byteLength)).toBeUndefined();
      accepted.push(b.source.send(huge.clone()));
      await Promise.resolve();
    }
    expect(b.source.admit('logs', huge.byteLength)).toEqual({ retryAfterMs: 1000 });
    await expect(b.source.send(huge.clone())).rejects.toMatchObject({ kind: 'refused', retryAfterMs: 1000 });

    disk.beforeWrite = undefined;
    goOn();
    await Promise.all(accepted);
    expect(b.source.admit('logs', huge.byteLength)).toBeUndefined();
  });
});

describe('a file that a killed process has left', () => {
  const torn = lineOf(small).slice(0, -9);

  it.each([
    ['ends with a whole line', 'a\n', 'a\n', undefined],
    ['ends within a line of ours', `a\n${torn}`, 'a\n', torn.length],
    ['ends within its first line', torn, '', torn.length],
    ['ends within the first word', 'a\n{"res', 'a\n', 5],
    ['lacks the last newline', `a\n${lineOf(small)}`, `a\n${lineOf(small)}\n`, undefined],
    ['ends with something else', 'a\n# notes', 'a\n# notes\n', undefined],
  ])('is added to when it %s', async (_, before, expected, removed) => {
    await using tmp = await scratch();
    const file = path.join(tmp.folder, 'data.json');
    await writeFile(file, before);
    const b = await bench(fileExporter({ path: file, append: true }));
    await b.source.send(small.clone());
    await b.collector.shutdown();
    expect(await readFile(file, 'utf8')).toBe(`${expected}${lineOf(small)}\n`);
    const warnings = b.log.filter(({ level }) => level === 'warn');
    expect(warnings.map(({ fields }) => fields['bytes'])).toEqual(removed === undefined ? [] : [removed]);
  });

  it.each([1, 3, 4, 5, 100])(
    'is cut off where the last record begins, %d bytes being left of it',
    async (left) => {
      await using tmp = await scratch();
      const file = path.join(tmp.folder, 'data.binpb');
      for (let n = 0; n < 3; n++) {
        const b = await bench(fileExporter({ path: file, format: 'proto', append: true }));
        await b.source.send(small.clone());
        await b.collector.shutdown();
      }
      const { size } = await stat(file);
      await truncate(file, (size / 3) * 2 + left);
      const b = await bench(fileExporter({ path: file, format: 'proto', append: true }));
      await b.source.send(large.clone());
      await b.collector.shutdown();
      expect(framesOf(await readFile(file)).map(({ length }) => length)).toEqual([
        small.byteLength,
        small.byteLength,
        large.byteLength,
      ]);
      expect(b.log.filter(({ level }) => level === 'warn')).toHaveLength(1);
    },
  );

  it('is not taken for one of records where it has none', async () => {
    await using tmp = await scratch();
    const file = path.join(tmp.folder, 'data.json');
    await writeFile(file, `${lineOf(small)}\n`);
    await expect(bench(fileExporter({ path: file, format: 'proto', append: true }))).rejects.toThrow(
      `${file} is no file of records with their length before them; choose another path`,
    );
    expect(await readFile(file, 'utf8')).toBe(`${lineOf(small)}\n`);
  });
});

describe('a shutdown', () => {
  it('writes what was accepted', async () => {
    await using tmp = await scratch();
    const file = path.join(tmp.folder, 'data.json');
    const b = await bench(fileExporter({ path: file, flush_interval: '1h' }));
    await b.source.send(small.clone());
    await b.collector.shutdown();
    expect(linesOf(await readFile(file))).toEqual([lineOf(small)]);
    expect(account(b)).toMatchObject({ received: 3, passed: 3, held: 0 });
  });

  it('tries again until its time is up, and books what is left', async () => {
    await using tmp = await scratch();
    const file = path.join(tmp.folder, 'data.json');
    const disk = tearableDisk();
    const b = await bench(fileExporter({ path: file, flush_interval: '1h' }), disk);
    await b.source.send(small.clone());
    let attempts = 0;
    disk.room = 0;
    disk.beforeWrite = () => void attempts++;
    const stopped = b.collector.shutdown({ graceMs: 5000 });
    for (let n = 1; n <= 4; n++) {
      await expect.poll(() => b.clock.timers().some(({ kind }) => kind === 'sleep')).toBe(true);
      expect(attempts).toBe(n);
      await b.clock.advance('1s');
    }
    await b.clock.advance('2s');
    await stopped;
    expect(await readFile(file, 'utf8')).toBe('');
    expect(account(b)).toMatchObject({
      received: 3,
      passed: 0,
      held: 0,
      dropped: new Map([['shutdown', 3]]),
    });
    expect(b.log.find(({ fields }) => 'dropped_items' in fields)).toMatchObject({
      level: 'error',
      message: `Cannot write to ${file}.`,
      fields: { dropped_items: 3, reason: 'shutdown', error: 'ENOSPC: the disk says so' },
    });
    expect(imbalances(b.collector.balance())).toEqual([]);
  });

  it('does not wait for a disk that hangs', async () => {
    await using tmp = await scratch();
    const disk = tearableDisk();
    const b = await bench(fileExporter({ path: path.join(tmp.folder, 'x'), flush_interval: '1h' }), disk);
    await b.source.send(small.clone());
    disk.beforeWrite = () => new Promise(() => {});
    const stopped = b.collector.shutdown({ graceMs: 5000 });
    await b.clock.advance('10s');
    await stopped;
    expect(account(b)).toMatchObject({ received: 3, dropped: new Map([['shutdown', 3]]) });
  });

  it('lets nobody in afterwards', async () => {
    await using tmp = await scratch();
    const b = await bench(fileExporter({ path: path.join(tmp.folder, 'x') }));
    await b.collector.shutdown();
    await expect(b.source.send(small.clone())).rejects.toMatchObject({ kind: 'refused' });
  });
});
