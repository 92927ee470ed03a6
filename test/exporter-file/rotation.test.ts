import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileExporter, type RotationConfig } from '@tributary/exporter-file';
import { Logs } from '@tributary/pdata';
import { describe, expect, it } from 'vitest';
import { bench, failure, framesOf, linesOf, scratch, tearableDisk, type Bench } from './support.js';

const mib = 2 ** 20;

/** A batch whose line is so long. */
function logsOf(bytes: number, filler: string = 'x'): Logs {
  const logs = Logs.create();
  const record = logs.addResourceLogs().addScope().add({ body: '' });
  const frame = logs.toJson().length + 1;
  record.body = filler.repeat(bytes - frame);
  return logs;
}

async function rotating(
  file: string,
  rotation: RotationConfig,
  disk?: ReturnType<typeof tearableDisk>,
): Promise<Bench> {
  return bench(fileExporter({ path: file, rotation }), disk);
}

const sizes = async (folder: string): Promise<Record<string, number>> =>
  Object.fromEntries(
    await Promise.all(
      (await readdir(folder)).sort().map(async (name) => [name, (await stat(path.join(folder, name))).size]),
    ),
  );

describe('a full file', () => {
  it('is moved aside before the write that would exceed its size, with the time in its name', async () => {
    await using tmp = await scratch();
    await using b = await rotating(path.join(tmp.folder, 'data.json'), { max_megabytes: 1 });
    await b.source.send(logsOf(mib / 2));
    await b.source.send(logsOf(mib / 2));
    expect(await sizes(tmp.folder)).toEqual({ 'data.json': mib });
    await b.source.send(logsOf(100));
    expect(await sizes(tmp.folder)).toEqual({ 'data-2022-09-14T05-02-14.173.json': mib, 'data.json': 100 });
  });

  it('overwrites no other, where two get full within a millisecond', async () => {
    await using tmp = await scratch();
    await using b = await rotating(path.join(tmp.folder, 'data'), { max_megabytes: 1 });
    for (const filler of ['a', 'b', 'c', 'd']) await b.source.send(logsOf(mib, filler));
    const names = (await readdir(tmp.folder)).sort();
    expect(names).toEqual([
      'data',
      'data-2022-09-14T05-02-14.173',
      'data-2022-09-14T05-02-14.174',
      'data-2022-09-14T05-02-14.175',
    ]);
    const texts = await Promise.all(names.map((name) => readFile(path.join(tmp.folder, name))));
    expect(
      texts.map((text) =>
        text.includes('aaa') ? 'a' : text.includes('bbb') ? 'b' : text.includes('ccc') ? 'c' : 'd',
      ),
    ).toEqual(['d', 'a', 'b', 'c']);
  });

  it('has the local time in its name with localtime', async () => {
    const zone = process.env['TZ'];
    process.env['TZ'] = 'Asia/Kolkata';
    try {
      await using tmp = await scratch();
      await using b = await rotating(path.join(tmp.folder, 'data.json'), {
        max_megabytes: 1,
        localtime: true,
      });
      await b.source.send(logsOf(mib));
      await b.source.send(logsOf(100));
      expect((await readdir(tmp.folder)).sort()).toEqual(['data-2022-09-14T10-32-14.173.json', 'data.json']);
    } finally {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    }
  });

  it('is refused for good what alone is larger', async () => {
    await using tmp = await scratch();
    await using b = await rotating(path.join(tmp.folder, 'data.json'), { max_megabytes: 1 });
    await expect(b.source.send(logsOf(mib + 1))).rejects.toMatchObject({
      kind: 'permanent',
      message: `write length ${mib + 1} exceeds maximum file size ${mib}`,
      tooLarge: { maxBytes: undefined },
    });
    expect(await sizes(tmp.folder)).toEqual({ 'data.json': 0 });
  });

  it('does not have to take a request at once: one that is larger is cut', async () => {
    await using tmp = await scratch();
    const b = await rotating(path.join(tmp.folder, 'data.json'), { max_megabytes: 1 });
    const logs = Logs.create();
    const scope = logs.addResourceLogs().addScope();
    for (let n = 0; n < 16; n++) scope.add({ body: String(n).repeat(150_000) });
    await b.source.send(logs);
    await b.collector.shutdown();
    const names = (await readdir(tmp.folder)).sort();
    const texts = await Promise.all(names.map((name) => readFile(path.join(tmp.folder, name))));
    const records = texts.flatMap(linesOf).map((line) => Logs.fromJson(line).itemCount);
    expect(records.reduce((sum, items) => sum + items, 0)).toBe(16);
    expect(Math.max(...texts.map(({ length }) => length))).toBeLessThanOrEqual(mib);
  });

  it('is made of whole records, also of others that come at the same time', async () => {
    await using tmp = await scratch();
    const file = path.join(tmp.folder, 'data.binpb');
    const b = await bench(fileExporter({ path: file, format: 'proto', rotation: { max_megabytes: 1 } }));
    await Promise.all(Array.from({ length: 100 }, () => b.source.send(logsOf(100_000))));
    await b.collector.shutdown();
    const names = await readdir(tmp.folder);
    const frames = await Promise.all(
      names.map(async (name) => framesOf(await readFile(path.join(tmp.folder, name)))),
    );
    expect(frames.flat()).toHaveLength(100);
    expect(names).toHaveLength(10);
  });
});

describe('an existing file', () => {
  it('is continued', async () => {
    await using tmp = await scratch();
    const file = path.join(tmp.folder, 'data.json');
    for (const bytes of [100, 200]) {
      const b = await rotating(file, {});
      await b.source.send(logsOf(bytes));
      await b.collector.shutdown();
    }
    expect(linesOf(await readFile(file)).map(({ length }) => length + 1)).toEqual([100, 200]);
  });

  it('is moved aside by the first write that does not fit', async () => {
    await using tmp = await scratch();
    const file = path.join(tmp.folder, 'data.json');
    await writeFile(file, `${'x'.repeat(mib - 1)}\n`);
    await using b = await rotating(file, { max_megabytes: 1 });
    await b.source.send(logsOf(100));
    expect(await sizes(tmp.folder)).toEqual({ 'data-2022-09-14T05-02-14.173.json': mib, 'data.json': 100 });
  });

  it('passes its mode on to the next one', async () => {
    await using tmp = await scratch();
    const file = path.join(tmp.folder, 'data.json');
    await writeFile(file, '');
    await chmod(file, 0o640);
    await using b = await rotating(file, { max_megabytes: 1 });
    await b.source.send(logsOf(mib));
    await b.source.send(logsOf(100));
    expect((await stat(file)).mode & 0o777).toBe(0o640 & ~process.umask());
  });

  it('is made where there is none, with its folders, for its owner alone', async () => {
    await using tmp = await scratch();
    const file = path.join(tmp.folder, 'a', 'b', 'data.json');
    await using _ = await rotating(file, {});
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(path.dirname(file))).mode & 0o777).toBe(0o755 & ~process.umask());
  });
});

describe('old files', () => {
  const old = [
    'data-2022-09-14T05-02-14.100.json',
    'data-2022-09-13T05-02-14.174.json',
    'data-2022-09-13T05-02-14.172.json',
    'data-2021-01-01T00-00-00.000.json',
  ];
  const others = [
    'data-2022-09-14.json',
    'other-2020-01-01T00-00-00.000.json',
    'data-2020-01-01T00-00-00.000.txt',
  ];

  it.each<[RotationConfig, number]>([
    [{}, 4],
    [{ max_backups: 0 }, 4],
    [{ max_backups: 3 }, 3],
    [{ max_backups: 1 }, 1],
    [{ max_days: 1 }, 2],
    [{ max_days: 2 }, 3],
    [{ max_days: 1000 }, 4],
    [{ max_days: 2, max_backups: 1 }, 1],
  ])('are kept with %j: the %d newest', async (rotation, kept) => {
    await using tmp = await scratch();
    for (const name of [...old, ...others]) await writeFile(path.join(tmp.folder, name), '');
    await using _ = await rotating(path.join(tmp.folder, 'data.json'), rotation);
    expect((await readdir(tmp.folder)).sort()).toEqual(
      [...old.slice(0, kept), ...others, 'data.json'].sort(),
    );
  });

  it('are removed whenever one is made', async () => {
    await using tmp = await scratch();
    await using b = await rotating(path.join(tmp.folder, 'data.json'), { max_megabytes: 1, max_backups: 2 });
    for (let n = 0; n < 6; n++) {
      await b.source.send(logsOf(mib));
      await b.clock.advance('1s');
    }
    expect((await readdir(tmp.folder)).sort()).toEqual([
      'data-2022-09-14T05-02-18.173.json',
      'data-2022-09-14T05-02-19.173.json',
      'data.json',
    ]);
  });

  it('that cannot be removed do not stop the writing', async () => {
    await using tmp = await scratch();
    const file = path.join(tmp.folder, 'data.json');
    await mkdir(path.join(tmp.folder, 'data-2020-01-01T00-00-00.000.json'));
    await using b = await rotating(file, { max_megabytes: 1, max_backups: 1 });
    await b.source.send(logsOf(mib));
    await b.source.send(logsOf(100));
    expect(linesOf(await readFile(file))).toHaveLength(1);
    expect(b.log.filter(({ level }) => level === 'warn')).toEqual([
      {
        level: 'warn',
        message: 'Old files could not be removed.',
        fields: expect.objectContaining({ path: file }) as object,
      },
    ]);
  });
});

describe('a rotation that fails', () => {
  it.each(['rename', 'open'] as const)('at %s is made up for by the next write', async (step) => {
    await using tmp = await scratch();
    const file = path.join(tmp.folder, 'data.json');
    const disk = tearableDisk();
    const original = disk.fs[step];
    await using b = await rotating(file, { max_megabytes: 1 }, disk);
    await b.source.send(logsOf(mib, 'a'));
    Object.assign(disk.fs, { [step]: () => Promise.reject(failure('EACCES')) });
    await expect(b.source.send(logsOf(100, 'b'))).rejects.toMatchObject({ kind: 'retryable' });
    await expect(b.source.send(logsOf(100, 'b'))).rejects.toMatchObject({ kind: 'retryable' });
    Object.assign(disk.fs, { [step]: original });
    await b.source.send(logsOf(100, 'c'));
    expect(await sizes(tmp.folder)).toEqual({ 'data-2022-09-14T05-02-14.173.json': mib, 'data.json': 100 });
    expect(await readFile(file, 'utf8')).toContain('ccc');
  });

  it('does not stand in the way of a record that fits', async () => {
    await using tmp = await scratch();
    const file = path.join(tmp.folder, 'data.json');
    const disk = tearableDisk();
    await using b = await rotating(file, { max_megabytes: 1 }, disk);
    await b.source.send(logsOf(mib - 150, 'a'));
    Object.assign(disk.fs, { rename: () => Promise.reject(failure('EACCES')) });
    await expect(b.source.send(logsOf(200, 'b'))).rejects.toMatchObject({ kind: 'retryable' });
    await b.source.send(logsOf(150, 'c'));
    expect(await sizes(tmp.folder)).toEqual({ 'data.json': mib });
  });
});
