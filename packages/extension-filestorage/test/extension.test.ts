import fs from 'node:fs/promises';
import path from 'node:path';
import { systemRuntime } from '@tributary/collector';
import {
  declarationOf,
  type Component,
  type Host,
  type StorageOwner,
  type StorageProvider,
} from '@tributary/component';
import { virtualClock, type VirtualClock } from '@tributary/testkit';
import { expect, it, onTestFinished } from 'vitest';
import type { FileStorageConfig } from '../src/config.js';
import { fileStorage } from '../src/file-storage.js';
import { bytesIn, open, segmentsIn, temporaryFolder } from './support.js';

interface World {
  readonly extension: Component & StorageProvider;
  readonly clock: VirtualClock;
  readonly lines: readonly string[];
  readonly start: () => Promise<void>;
}

function arrange(config: FileStorageConfig): World {
  const clock = virtualClock();
  const lines: string[] = [];
  const note = (message: string, fields: object = {}): void =>
    void lines.push(`${message} ${JSON.stringify(fields)}`);
  const runtime = systemRuntime({ clock, logger: { debug() {}, info: note, warn: note, error: note } });
  const { definition, config: completed } = declarationOf(fileStorage(config));
  const extension = (definition.create as (settings: object) => Component & StorageProvider)({
    ...runtime,
    id: 'file_storage',
    config: completed,
    meter: runtime.meterProvider.getMeter('test'),
    ledger: {},
  });
  onTestFinished(() => extension.shutdown?.(new AbortController().signal));
  return {
    extension,
    clock,
    lines,
    start: async () => {
      await extension.start?.({} as Host);
    },
  };
}

const queue: StorageOwner = { kind: 'exporter', id: 'otlp', name: 'traces' };
const mib = 2 ** 20;

async function folder(): Promise<string> {
  const made = await temporaryFolder();
  onTestFinished(() => made[Symbol.asyncDispose]());
  return made.path;
}

it('keeps the store of each client in a directory of its own', async () => {
  const directory = await folder();
  const { extension, start } = arrange({ directory });
  await start();
  const traces = await extension.open(queue);
  const logs = await extension.open({ ...queue, name: 'logs' });
  await traces.set('a', Buffer.from('1'));
  expect(await logs.get('a')).toBeUndefined();
  expect((await fs.readdir(directory)).sort()).toEqual([
    'exporter_otlp__logs.store',
    'exporter_otlp__traces.store',
  ]);
});

it('gives a store to one at a time, and again when it was closed', async () => {
  const { extension, start } = arrange({ directory: await folder() });
  await start();
  const first = await extension.open(queue);
  await expect(extension.open(queue)).rejects.toThrow('exporter_otlp__traces is open already');
  await first.set('a', Buffer.from('1'));
  await first.close();
  const second = await extension.open(queue);
  expect(await second.keys()).toEqual(['a']);
});

it('says that another process has the store open', async () => {
  const directory = await folder();
  const { store } = await open(path.join(directory, 'exporter_otlp__traces.store'));
  const { extension, start } = arrange({ directory, timeout: '0s' });
  await start();
  await expect(extension.open(queue)).rejects.toThrow('another process has this store open');
  await store.close();
  await extension.open(queue);
});

it('needs its directory, and makes it where it is told to', async () => {
  const directory = path.join(await folder(), 'a/b');
  await expect(arrange({ directory }).start()).rejects.toThrow(
    /^directory must exist: ENOENT.*You can enable the create_directory option to automatically create it$/,
  );
  await arrange({ directory, create_directory: true, directory_permissions: '0700' }).start();
  expect((await fs.stat(directory)).mode & 0o777).toBe(0o700);
});

it('does not take a file for a directory', async () => {
  const directory = path.join(await folder(), 'file');
  await fs.writeFile(directory, '');
  await expect(arrange({ directory }).start()).rejects.toThrow(`${directory} is not a directory`);
});

it('says of the file of a Go Collector that it is not read', async () => {
  const directory = await folder();
  await fs.writeFile(path.join(directory, 'exporter_otlp__traces'), 'bbolt');
  const { extension, start, lines } = arrange({ directory });
  await start();
  await extension.open(queue);
  expect(lines).toEqual([
    expect.stringContaining('A store of a Go Collector is there: what it holds is not read'),
  ]);
});

it('removes what a compaction of the Go Collector has left, where it is told to', async () => {
  const directory = await folder();
  const elsewhere = await folder();
  for (const file of ['tempdb1', 'other']) await fs.writeFile(path.join(elsewhere, file), '');
  await arrange({ directory, compaction: { directory: elsewhere, cleanup_on_start: true } }).start();
  expect(await fs.readdir(elsewhere)).toEqual(['other']);
});

it('compacts a store when it is opened, where it is told to', async () => {
  const directory = await folder();
  const before = arrange({ directory });
  await before.start();
  const store = await before.extension.open(queue);
  for (let i = 0; i < 3; i++) await store.set('a', Buffer.alloc(mib));
  await store.close();
  const files = path.join(directory, 'exporter_otlp__traces.store');
  expect(await bytesIn(files)).toBeGreaterThan(3 * mib);
  const { extension, start } = arrange({
    directory,
    compaction: { on_start: true, max_transaction_size: 1 },
  });
  await start();
  await extension.open(queue);
  expect(await bytesIn(files)).toBeLessThan(1.1 * mib);
});

it('compacts a store that was large and holds little, where it is told to', async () => {
  const directory = await folder();
  const { extension, clock, start, lines } = arrange({
    directory,
    compaction: {
      on_rebound: true,
      rebound_needed_threshold_mib: 3,
      rebound_trigger_threshold_mib: 2,
      check_interval: '1s',
    },
  });
  await start();
  const store = await extension.open(queue);
  const files = path.join(directory, 'exporter_otlp__traces.store');
  for (const key of ['a', 'b', 'c', 'd']) await store.set(key, Buffer.alloc(mib));
  await clock.advance(1_000);
  for (const key of ['b', 'c', 'd']) await store.delete(key);
  expect(await bytesIn(files)).toBeGreaterThan(4 * mib);
  await clock.advance(1_000);
  await expect.poll(() => lines.length).toBe(1);
  expect(lines[0]).toContain('Compacted a store');
  expect(await bytesIn(files)).toBeLessThan(1.1 * mib);
  expect(await segmentsIn(files)).toHaveLength(1);
  expect((await store.get('a'))!.length).toBe(mib);
});

it('bounds a store by max_size', async () => {
  const { extension, start } = arrange({ directory: await folder(), max_size: mib });
  await start();
  const store = await extension.open(queue);
  await expect(store.set('a', Buffer.alloc(mib))).rejects.toThrow('is full: ');
});

it('names and counts a damaged file, and goes on; with recreate, without all that was there', async () => {
  const directory = await folder();
  const before = arrange({ directory });
  await before.start();
  const store = await before.extension.open(queue);
  for (const key of ['a', 'b']) await store.set(key, Buffer.from('1'));
  await store.close();
  const files = path.join(directory, 'exporter_otlp__traces.store');
  const [segment] = await segmentsIn(files);
  const damage = async (): Promise<void> => {
    const bytes = await fs.readFile(path.join(files, segment!));
    bytes[10] = 0;
    await fs.writeFile(path.join(files, segment!), bytes);
  };
  await damage();
  const after = arrange({ directory });
  await after.start();
  const rest = await after.extension.open(queue);
  expect(await rest.keys()).toEqual(['b']);
  expect(after.lines).toEqual([
    expect.stringMatching(/^A file of the storage is damaged: what cannot be read is lost .*0000000001\.seg/),
  ]);
  await rest.close();
  await damage();
  const anew = arrange({ directory, recreate: true });
  await anew.start();
  expect(await (await anew.extension.open(queue)).keys()).toEqual([]);
  expect((await fs.readdir(directory)).filter((file) => file.endsWith('.backup'))).toHaveLength(1);
});

it('gives nothing before it starts and after it stops', async () => {
  const { extension, start } = arrange({ directory: await folder() });
  await expect(extension.open(queue)).rejects.toThrow('the storage is not open');
  await start();
  const store = await extension.open(queue);
  await extension.shutdown?.(new AbortController().signal);
  await expect(store.set('a', Buffer.from('1'))).rejects.toThrow('is closed');
  await expect(extension.open(queue)).rejects.toThrow('the storage is not open');
});
