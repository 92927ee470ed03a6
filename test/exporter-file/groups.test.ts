import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { imbalances } from '@tributary/collector';
import type { Batch, Signal } from '@tributary/component';
import { fileExporter, type FileExporterConfig } from '@tributary/exporter-file';
import { Logs, Metrics, Profiles, Traces } from '@tributary/pdata';
import { describe, expect, it, vi } from 'vitest';
import { bench, linesOf, scratch, tearableDisk, type Bench } from './support.js';

const attribute = 'fileexporter.path_segment';
const nameOf = (json: string): string[] => [...json.matchAll(/"stringValue":"n-(\d+)"/g)].map(([, n]) => n!);

/** A batch with a resource for each value, `undefined` being one without the attribute; each has a record. */
function batchOf(signal: Signal, ...values: readonly unknown[]): Batch<Signal> {
  const resources = values.map((value, n) => ({
    resource: {
      attributes: [
        { key: 'name', value: { stringValue: `n-${n}` } },
        ...(value === undefined
          ? []
          : [
              {
                key: attribute,
                value: typeof value === 'number' ? { intValue: value } : { stringValue: value },
              },
            ]),
      ],
    },
    scopeSpans: [{ spans: [{ name: 's' }] }],
    scopeMetrics: [{ metrics: [{ name: 'm', gauge: { dataPoints: [{ asInt: '1' }] } }] }],
    scopeLogs: [{ logRecords: [{ body: { stringValue: 'l' } }] }],
    scopeProfiles: [{ profiles: [{ samples: [{ values: ['1'] }] }] }],
  }));
  switch (signal) {
    case 'traces':
      return Traces.fromJson(JSON.stringify({ resourceSpans: resources }));
    case 'metrics':
      return Metrics.fromJson(JSON.stringify({ resourceMetrics: resources }));
    case 'logs':
      return Logs.fromJson(JSON.stringify({ resourceLogs: resources }));
    case 'profiles':
      return Profiles.fromJson(
        JSON.stringify({ resourceProfiles: resources, dictionary: { stringTable: ['', 'of all'] } }),
      );
  }
}

function grouped(
  folder: string,
  { group_by, ...more }: Partial<FileExporterConfig> = {},
  disk?: ReturnType<typeof tearableDisk>,
): Promise<Bench> {
  const exporter = fileExporter({
    path: path.join(folder, '*.json'),
    group_by: { enabled: true, ...group_by },
    ...more,
  });
  return bench(exporter, disk);
}

/** Numbers of the resources that are in each file. */
async function contents(folder: string): Promise<Record<string, string[]>> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  );
  const pairs = files.map(async ({ parentPath, name }) => {
    const file = path.join(parentPath, name);
    return [path.relative(folder, file), linesOf(await readFile(file)).flatMap(nameOf)] as const;
  });
  return Object.fromEntries((await Promise.all(pairs)).sort(([a], [b]) => (a < b ? -1 : 1)));
}

describe.each(['traces', 'metrics', 'logs', 'profiles'] as const)('%s', (signal) => {
  it('go into the files of their resources', async () => {
    await using tmp = await scratch();
    const b = await grouped(tmp.folder);
    await b.source.send(batchOf(signal, 'a', 'b/c', 'a', 'd'));
    await b.source.send(batchOf(signal, 'd', 'd'));
    await b.collector.shutdown();
    expect(await contents(tmp.folder)).toEqual({
      'a.json': ['0', '2'],
      'b/c.json': ['1'],
      'd.json': ['3', '0', '1'],
    });
    expect(imbalances(b.collector.balance())).toEqual([]);
  });

  it('are dropped, counted and named where a resource lacks the attribute', async () => {
    await using tmp = await scratch();
    const b = await grouped(tmp.folder);
    await b.source.send(batchOf(signal, 'a', undefined, 7));
    await b.source.send(batchOf(signal, undefined));
    await b.collector.shutdown();
    expect(await contents(tmp.folder)).toEqual({ 'a.json': ['0'] });
    const line = b.collector
      .balance()
      .components.find(({ component, signal: of }) => component === 'file' && of === signal);
    expect(line).toMatchObject({ received: 4, passed: 1, dropped: new Map([['missing_attribute', 3]]) });
    const drops = b.log.filter(({ fields }) => 'dropped_items' in fields);
    expect(drops.map(({ fields }) => fields['dropped_items'])).toEqual([2, 1]);
    expect(drops[0]).toMatchObject({
      message: `Resource does not contain ${attribute} attribute, dropping it`,
      fields: { reason: 'missing_attribute' },
    });
    expect(imbalances(b.collector.balance())).toEqual([]);
  });
});

it('gives each file of profiles their dictionary', async () => {
  await using tmp = await scratch();
  const b = await grouped(tmp.folder);
  await b.source.send(batchOf('profiles', 'a', 'b'));
  await b.collector.shutdown();
  for (const name of ['a.json', 'b.json']) {
    expect(await readFile(path.join(tmp.folder, name), 'utf8')).toContain('of all');
  }
});

it('takes another attribute', async () => {
  await using tmp = await scratch();
  const b = await grouped(tmp.folder, { group_by: { resource_attribute: 'name' } });
  await b.source.send(batchOf('logs', 'a', 'b'));
  await b.collector.shutdown();
  expect(await contents(tmp.folder)).toEqual({ 'n-0.json': ['0'], 'n-1.json': ['1'] });
});

it('warns of no leak, however many files a request goes to', async () => {
  await using tmp = await scratch();
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  try {
    const b = await grouped(tmp.folder, { rotation: {} });
    const values = Array.from({ length: 30 }, (_, n) => `f${n}`);
    // The first one opens the files, one at a time.
    for (let n = 0; n < 2; n++) await b.source.send(batchOf('logs', ...values));
    await b.collector.shutdown();
    expect(warn).not.toHaveBeenCalled();
  } finally {
    warn.mockRestore();
  }
});

describe('max_open_files', () => {
  it('closes the file that was used longest ago, and loses nothing of it', async () => {
    await using tmp = await scratch();
    const b = await grouped(tmp.folder, { group_by: { max_open_files: 2 }, flush_interval: '1h' });
    await b.source.send(batchOf('logs', 'a', 'b'));
    await b.source.send(batchOf('logs', 'a'));
    expect(await contents(tmp.folder)).toEqual({ 'a.json': [], 'b.json': [] });
    await b.source.send(batchOf('logs', 'c'));
    expect(await contents(tmp.folder)).toEqual({ 'a.json': [], 'b.json': ['1'], 'c.json': [] });
    for (const value of ['b', 'a', 'c', 'b', 'd']) await b.source.send(batchOf('logs', value));
    await b.collector.shutdown();
    expect(await contents(tmp.folder)).toEqual({
      'a.json': ['0', '0', '0'],
      'b.json': ['1', '0', '0'],
      'c.json': ['0', '0'],
      'd.json': ['0'],
    });
  });

  it('holds within one batch, and when many come at once', async () => {
    await using tmp = await scratch();
    const b = await grouped(tmp.folder, { group_by: { max_open_files: 1 } });
    const values = Array.from({ length: 20 }, (_, n) => `f${n % 7}`);
    await Promise.all(Array.from({ length: 10 }, () => b.source.send(batchOf('logs', ...values))));
    await b.collector.shutdown();
    const found = await contents(tmp.folder);
    expect(Object.values(found).flat()).toHaveLength(200);
    expect(Object.keys(found)).toHaveLength(7);
  });

  it('keeps a file open whose accepted records cannot be written', async () => {
    await using tmp = await scratch();
    const disk = tearableDisk();
    const b = await grouped(tmp.folder, { group_by: { max_open_files: 1 }, flush_interval: '1h' }, disk);
    await b.source.send(batchOf('logs', 'a'));
    disk.room = 0;
    await expect(b.source.send(batchOf('logs', 'b'))).rejects.toMatchObject({ kind: 'retryable' });
    disk.room = Infinity;
    await b.source.send(batchOf('logs', 'b'));
    await b.collector.shutdown();
    expect(await contents(tmp.folder)).toEqual({ 'a.json': ['0'], 'b.json': ['0'] });
  });
});

describe('a file that was there before', () => {
  it.each([
    [false, []],
    [true, ['9']],
  ])('is emptied unless append is on: %s', async (append, before) => {
    await using tmp = await scratch();
    await writeFile(path.join(tmp.folder, 'a.json'), '{"stringValue":"n-9"}\n');
    const b = await grouped(tmp.folder, { append });
    await b.source.send(batchOf('logs', 'a'));
    await b.collector.shutdown();
    expect(await contents(tmp.folder)).toEqual({ 'a.json': [...before, '0'] });
  });

  it('rotates', async () => {
    await using tmp = await scratch();
    const b = await grouped(tmp.folder, { rotation: { max_megabytes: 1 } });
    await mkdir(path.join(tmp.folder, 'x'));
    await writeFile(path.join(tmp.folder, 'x/a.json'), `${'y'.repeat(2 ** 20 - 1)}\n`);
    await b.source.send(batchOf('logs', 'x/a'));
    await b.collector.shutdown();
    expect(await contents(tmp.folder)).toEqual({ 'x/a.json': ['0'], 'x/a-2022-09-14T05-02-14.173.json': [] });
  });
});

describe('when files fail', () => {
  it('cuts the resource that is larger than a file may be, and writes the others once', async () => {
    await using tmp = await scratch();
    const b = await grouped(tmp.folder, { rotation: { max_megabytes: 1 } });
    const logs = batchOf('logs', 'a', 'b', undefined) as Logs;
    for (const resource of logs.resourceLogs()) {
      if (resource.resource.attributes.get(attribute) !== 'b') continue;
      const scope = resource.addScope();
      for (let n = 0; n < 15; n++) scope.add({ body: 'x'.repeat(150_000) });
    }
    await b.source.send(logs);
    await b.collector.shutdown();
    const records = new Map<string, number>();
    for (const name of await readdir(tmp.folder)) {
      const lines = linesOf(await readFile(path.join(tmp.folder, name)));
      const items = lines.reduce((sum, line) => sum + Logs.fromJson(line).itemCount, 0);
      records.set(name.slice(0, 1), (records.get(name.slice(0, 1)) ?? 0) + items);
    }
    expect(Object.fromEntries(records)).toEqual({ a: 1, b: 16 });
    const line = b.collector
      .balance()
      .components.find(({ component, signal }) => component === 'file' && signal === 'logs');
    expect(line).toMatchObject({ received: 18, passed: 17, dropped: new Map([['missing_attribute', 1]]) });
  });

  it('hands back what was not written, and drops no resource twice', async () => {
    await using tmp = await scratch();
    const disk = tearableDisk();
    await using b = await grouped(tmp.folder, { rotation: {} }, disk);
    await b.source.send(batchOf('logs', 'a', 'b', 'c'));
    Object.assign(disk.fs, {
      open: (
        (open) =>
        async (file: string, ...more: never[]) => {
          if (file === path.join(tmp.folder, 'z.json'))
            throw Object.assign(new Error('EMFILE'), { code: 'EMFILE' });
          return open(file, ...more);
        }
      )(disk.fs.open),
    });
    const error: unknown = await b.source
      .send(batchOf('logs', 'a', 'z', undefined, 'z'))
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      kind: 'retryable',
      message: expect.stringContaining('z.json: EMFILE') as string,
    });
    const { rejected } = error as { rejected: Batch<'logs'> };
    expect(nameOf(rejected.toJson())).toEqual(['1', '3']);
    const line = b.collector
      .balance()
      .components.find(({ component, signal }) => component === 'file' && signal === 'logs');
    expect(line).toMatchObject({ received: 5, passed: 4, dropped: new Map([['missing_attribute', 1]]) });
    expect(imbalances(b.collector.balance())).toEqual([]);
  });

  it.each([
    ['too long', 'x'.repeat(300), 'ENAMETOOLONG'],
    ['no text of a path', 'a\0b', 'null bytes'],
    ['below a file', 'a.json/b', 'a.json'],
  ])('says "permanent" for a name that is %s', async (_, value, message) => {
    await using tmp = await scratch();
    await using b = await grouped(tmp.folder);
    await b.source.send(batchOf('logs', 'a'));
    await expect(b.source.send(batchOf('logs', value))).rejects.toMatchObject({
      kind: 'permanent',
      message: expect.stringContaining(message) as string,
    });
  });
});
