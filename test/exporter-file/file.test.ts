import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as zlib from 'node:zlib';
import { imbalances } from '@tributary/collector';
import type { Batch, Signal } from '@tributary/component';
import { fileExporter } from '@tributary/exporter-file';
import { batchFactory, Logs, Profiles } from '@tributary/pdata';
import { sampleLogs, sampleMetrics, sampleTraces } from '@tributary/testkit';
import { describe, expect, it } from 'vitest';
import { bench, framesOf, linesOf, scratch, tearableDisk } from './support.js';

const profiles = '{"resourceProfiles":[{"scopeProfiles":[{"profiles":[{"samples":[{"values":["1"]}]}]}]}]}';
const batches: Readonly<Record<Signal, () => Batch<Signal>>> = {
  traces: () => sampleTraces({ spans: 9 }),
  metrics: () => sampleMetrics({ dataPoints: 9 }),
  logs: () => sampleLogs({ records: 9 }),
  profiles: () => Profiles.fromJson(profiles),
};
const signals = ['traces', 'metrics', 'logs', 'profiles'] as const;

describe('formats', () => {
  it.each(signals)('writes %s as a line of OTLP/JSON each', async (signal) => {
    await using tmp = await scratch();
    const file = path.join(tmp.folder, 'data.json');
    const b = await bench(fileExporter({ path: file }));
    const sent = [batches[signal](), batches[signal]()];
    for (const batch of sent) await b.source.send(batch.clone());
    await b.collector.shutdown();

    const lines = linesOf(await readFile(file));
    expect(lines).toEqual(sent.map((batch) => batch.toJson()));
    expect(lines.map((line) => batchFactory(signal).fromJson(line).itemCount)).toEqual(
      sent.map(({ itemCount }) => itemCount),
    );
  });

  it.each(signals)('writes %s as protobuf with its length before it', async (signal) => {
    await using tmp = await scratch();
    const file = path.join(tmp.folder, 'data.binpb');
    const b = await bench(fileExporter({ path: file, format: 'proto' }));
    const sent = [batches[signal](), batches[signal]()];
    for (const batch of sent) await b.source.send(batch.clone());
    await b.collector.shutdown();
    const frames = framesOf(await readFile(file));
    expect(frames.map((frame) => frame.toString('hex'))).toEqual(
      sent.map((batch) => Buffer.from(batch.toBytes()).toString('hex')),
    );
  });

  it('keeps a line one line, whatever a text holds', async () => {
    await using tmp = await scratch();
    const file = path.join(tmp.folder, 'data.json');
    const b = await bench(fileExporter({ path: file }));
    const body = 'one\ntwo\r\nthree\u2028"\\';
    const logs = Logs.create();
    logs.addResourceLogs().addScope().add({ body });
    await b.source.send(logs);
    await b.collector.shutdown();
    const [line = '', ...others] = linesOf(await readFile(file));
    expect(others).toEqual([]);
    expect([...Logs.fromJson(line).records()].map((record) => record.body)).toEqual([body]);
  });

  it('has one file for all signals, and every record whole', async () => {
    await using tmp = await scratch();
    const file = path.join(tmp.folder, 'data.json');
    const b = await bench(fileExporter({ path: file }));
    await Promise.all(Array.from({ length: 40 }, (_, n) => b.source.send(batches[signals[n % 4]!]())));
    await b.collector.shutdown();
    const kinds = linesOf(await readFile(file)).map((line) => Object.keys(JSON.parse(line) as object).join());
    expect(kinds.sort()).toEqual(
      ['resourceLogs', 'resourceMetrics', 'resourceProfiles', 'resourceSpans'].flatMap((key) =>
        Array.from({ length: 10 }, () => key),
      ),
    );
    expect(imbalances(b.collector.balance())).toEqual([]);
  });
});

describe('the file', () => {
  it('is emptied at the start', async () => {
    await using tmp = await scratch();
    const file = path.join(tmp.folder, 'data.json');
    await writeFile(file, 'old\n');
    await using _ = await bench(fileExporter({ path: file }));
    expect(await readFile(file, 'utf8')).toBe('');
  });

  it('is added to with append', async () => {
    await using tmp = await scratch();
    const file = path.join(tmp.folder, 'data.json');
    await writeFile(file, '{"old":1}\n');
    const logs = sampleLogs({ records: 2 });
    const line = `${logs.toJson()}\n`;
    const b = await bench(fileExporter({ path: file, append: true }));
    // Another process may write to it as well.
    await writeFile(file, '{"other":1}\n', { flag: 'a' });
    await b.source.send(logs);
    await b.collector.shutdown();
    expect(await readFile(file, 'utf8')).toBe(`{"old":1}\n{"other":1}\n${line}`);
  });

  it('can be read by all, and written by its owner', async () => {
    await using tmp = await scratch();
    const file = path.join(tmp.folder, 'data.json');
    await using _ = await bench(fileExporter({ path: file }));
    expect((await stat(file)).mode & 0o777).toBe(0o644 & ~process.umask());
  });

  it('needs its folder', async () => {
    await using tmp = await scratch();
    const file = path.join(tmp.folder, 'no', 'data.json');
    await expect(bench(fileExporter({ path: file }))).rejects.toThrow(
      /cannot start pipelines: failed to start "file" exporter: ENOENT/,
    );
    expect(await readdir(tmp.folder)).toEqual([]);
  });

  it.skipIf(process.getuid?.() === 0)('must not be forbidden', async () => {
    await using tmp = await scratch();
    const file = path.join(tmp.folder, 'data.json');
    await writeFile(file, '');
    await chmod(file, 0o400);
    await expect(bench(fileExporter({ path: file }))).rejects.toThrow('EACCES');
  });

  it.skipIf(process.platform === 'win32')('may be a pipe', async () => {
    await using tmp = await scratch();
    const pipe = path.join(tmp.folder, 'pipe');
    execFileSync('/usr/bin/mkfifo', [pipe]);
    const reading = readFile(pipe);
    const b = await bench(fileExporter({ path: pipe }));
    const [first, second] = [sampleLogs({ records: 1 }), sampleLogs({ records: 1000, seed: 2 })];
    for (const logs of [first, second]) await b.source.send(logs.clone());
    await b.collector.shutdown();
    expect(linesOf(await reading)).toEqual([first.toJson(), second.toJson()]);
  });

  it.skipIf('zstdCompress' in zlib)('is not touched where this Node cannot compress with zstd', async () => {
    await using tmp = await scratch();
    const file = path.join(tmp.folder, 'data.json');
    await expect(bench(fileExporter({ path: file, compression: 'zstd' }))).rejects.toThrow(
      'failed to start "file" exporter: compression "zstd" needs Node 22.15 or newer',
    );
    expect(await readdir(tmp.folder)).toEqual([]);
  });

  it.runIf('zstdCompress' in zlib)('has each request compressed by itself with zstd', async () => {
    await using tmp = await scratch();
    const file = path.join(tmp.folder, 'data.json');
    const b = await bench(fileExporter({ path: file, compression: 'zstd' }));
    const sent = [sampleLogs({ records: 9 }), sampleLogs({ records: 9, seed: 2 })];
    for (const logs of sent) await b.source.send(logs.clone());
    await b.collector.shutdown();
    const { zstdDecompressSync: unpack } = zlib as unknown as {
      readonly zstdDecompressSync: (bytes: Buffer) => Buffer;
    };
    const texts = framesOf(await readFile(file)).map((frame) => unpack(frame).toString());
    expect(texts).toEqual(sent.map((logs) => logs.toJson()));
  });

  it('must be a file', async () => {
    await using tmp = await scratch();
    await mkdir(path.join(tmp.folder, 'data'));
    await expect(bench(fileExporter({ path: path.join(tmp.folder, 'data') }))).rejects.toThrow('EISDIR');
  });
});

describe('flush_interval', () => {
  it('is how long an accepted record waits in memory', async () => {
    await using tmp = await scratch();
    const file = path.join(tmp.folder, 'data.json');
    await using b = await bench(fileExporter({ path: file, flush_interval: '5s' }));
    await b.source.send(sampleLogs({ records: 3 }));
    await b.clock.advance('4s');
    await b.source.send(sampleLogs({ records: 4 }));
    expect(await readFile(file, 'utf8')).toBe('');
    const line = (): unknown =>
      b.collector
        .balance()
        .components.find(({ component, signal }) => component === 'file' && signal === 'logs');
    expect(line()).toMatchObject({ received: 7, held: 7, passed: 0 });

    await b.clock.advance('1s');
    await expect.poll(line).toMatchObject({ received: 7, held: 0, passed: 7 });
    expect(linesOf(await readFile(file))).toHaveLength(2);
    expect(imbalances(b.collector.balance())).toEqual([]);
  });

  it('is a second where it is 0s', async () => {
    await using tmp = await scratch();
    const disk = tearableDisk();
    await using b = await bench(
      fileExporter({ path: path.join(tmp.folder, 'x'), flush_interval: '0s' }),
      disk,
    );
    await b.source.send(sampleLogs({ records: 3 }));
    await b.clock.advance('999ms');
    expect(disk.writes).toEqual([]);
    await b.clock.advance('1ms');
    await expect.poll(() => disk.writes).toHaveLength(1);
  });

  it('has no part in what does not fit into 64 KiB: that is accepted when it is written, and what waits with it', async () => {
    await using tmp = await scratch();
    const file = path.join(tmp.folder, 'data.json');
    await using b = await bench(fileExporter({ path: file, flush_interval: '1h' }));
    await b.source.send(sampleLogs({ records: 3 }));
    const large = sampleLogs({ records: 1000 });
    expect(large.toJson().length).toBeGreaterThan(64 * 1024);
    await b.source.send(large);
    expect(linesOf(await readFile(file))).toHaveLength(2);
  });

  it('never has more than 64 KiB of accepted records wait', async () => {
    await using tmp = await scratch();
    const file = path.join(tmp.folder, 'data.json');
    await using b = await bench(fileExporter({ path: file, flush_interval: '1h' }));
    const logs = sampleLogs({ records: 20 });
    const size = logs.toJson().length + 1;
    for (let n = 1; n <= 30; n++) {
      await b.source.send(logs.clone());
      expect(n * size - (await stat(file)).size).toBeLessThanOrEqual(64 * 1024);
    }
    expect((await stat(file)).size).toBeGreaterThan(0);
  });
});
