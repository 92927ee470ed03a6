import fs from 'node:fs/promises';
import path from 'node:path';
import { StorageError } from '@tributary/component';
import { virtualClock } from '@tributary/testkit';
import { describe, expect, it } from 'vitest';
import { bytesIn, contents, open, segmentsIn, smallDisk, temporaryFolder } from './support.js';

const kib = 1024;
const mib = 1024 * kib;
const text = (value: string): Buffer => Buffer.from(value);

describe('a store', () => {
  it('gives what was set, until it is set again or deleted', async () => {
    await using folder = await temporaryFolder();
    const { store } = await open(folder.path);
    await store.set('a', text('1'));
    await store.set('b', text(''));
    expect(await contents(store)).toEqual({ a: '1', b: '' });
    await store.set('a', text('2'));
    await store.delete('b');
    await store.delete('never there');
    expect(await contents(store)).toEqual({ a: '2' });
    expect(await store.get('b')).toBeUndefined();
    await store.close();
  });

  it('has all of it when it is opened again', async () => {
    await using folder = await temporaryFolder();
    const first = await open(folder.path);
    await first.store.batch([
      { type: 'set', key: 'a', value: text('1') },
      { type: 'set', key: 'b', value: text('2') },
      { type: 'delete', key: 'a' },
      { type: 'set', key: 'ключ', value: text('3') },
    ]);
    await first.store.close();
    const { store, damages, warnings } = await open(folder.path);
    expect(await contents(store)).toEqual({ b: '2', ключ: '3' });
    await store.set('c', text('4'));
    expect(await contents(store)).toEqual({ b: '2', c: '4', ключ: '3' });
    expect([damages, warnings]).toEqual([[], []]);
    await store.close();
  });

  it('writes together what comes while it writes, in its order', async () => {
    await using folder = await temporaryFolder();
    const { store } = await open(folder.path);
    await Promise.all(Array.from({ length: 1_000 }, (_, i) => store.set(`k${i % 7}`, text(String(i)))));
    expect(await contents(store)).toEqual({
      k0: '994',
      k1: '995',
      k2: '996',
      k3: '997',
      k4: '998',
      k5: '999',
      k6: '993',
    });
    await store.close();
  });

  it('syncs before it says that something is stored, where it is asked to', async () => {
    await using folder = await temporaryFolder();
    let syncs = 0;
    const files = {
      ...fs,
      async open(...args: Parameters<typeof fs.open>) {
        const handle = await fs.open(...args);
        const datasync = handle.datasync.bind(handle);
        handle.datasync = async () => {
          await datasync();
          syncs++;
        };
        return handle;
      },
    };
    const { store } = await open(folder.path, { syncs: true, fs: files });
    await store.set('a', text('1'));
    expect(syncs).toBe(1);
    await Promise.all([store.set('b', text('2')), store.set('c', text('3')), store.set('d', text('4'))]);
    expect(syncs).toBeLessThanOrEqual(3);
    await store.close();
  });

  it('refuses a key that is too long, and whatever comes after it was closed', async () => {
    await using folder = await temporaryFolder();
    const { store } = await open(folder.path);
    await expect(store.set('k'.repeat(65_536), text(''))).rejects.toThrow(
      'a key of 65536 bytes, of 65535 at most',
    );
    await store.close();
    await store.close();
    await expect(store.get('a')).rejects.toThrow('is closed');
    await expect(store.set('a', text(''))).rejects.toThrow('is closed');
    await expect(store.keys()).rejects.toSatisfy(
      (error) => StorageError.is(error) && error.code === 'failed',
    );
  });

  it('does all that it was asked for before it closes', async () => {
    await using folder = await temporaryFolder();
    const { store } = await open(folder.path);
    const writes = [store.set('a', text('1')), store.set('b', text('2'))];
    await store.close();
    await Promise.all(writes);
    const again = await open(folder.path);
    expect(await contents(again.store)).toEqual({ a: '1', b: '2' });
    await again.store.close();
  });
});

describe('space', () => {
  it('is given back when what was stored first was deleted first', async () => {
    await using folder = await temporaryFolder();
    const { store } = await open(folder.path);
    for (let i = 0; i < 40; i++) await store.set(`k${i}`, Buffer.alloc(mib));
    expect(await bytesIn(folder.path)).toBeGreaterThan(40 * mib);
    for (let i = 0; i < 39; i++) await store.delete(`k${i}`);
    expect(await bytesIn(folder.path)).toBeLessThan(9 * mib);
    await store.delete('k39');
    expect(await bytesIn(folder.path)).toBeLessThan(kib);
    await store.close();
  });

  it('is given back also where one of the first stays', async () => {
    await using folder = await temporaryFolder();
    const { store } = await open(folder.path);
    await store.set('stays', text('here'));
    for (let i = 0; i < 200; i++) await store.set('changes', Buffer.alloc(mib, i));
    expect(await bytesIn(folder.path)).toBeLessThan(50 * mib);
    expect(Buffer.from((await store.get('stays'))!).toString()).toBe('here');
    expect((await store.get('changes'))![5]).toBe(199);
    await store.close();
    const again = await open(folder.path);
    expect((await again.store.get('changes'))![5]).toBe(199);
    await again.store.close();
  });

  it('is given back to the last by a compaction', async () => {
    await using folder = await temporaryFolder();
    const { store } = await open(folder.path, { maxCopied: 3 });
    for (let i = 0; i < 100; i++) await store.set(`k${i % 10}`, Buffer.alloc(10 * kib, i));
    expect(store.bytes).toBeGreaterThan(1_000 * kib);
    await store.compact();
    expect(store.bytes).toBeLessThan(102 * kib);
    expect(await bytesIn(folder.path)).toBe(store.bytes);
    const before = await contents(store);
    await store.close();
    const again = await open(folder.path);
    expect(await contents(again.store)).toEqual(before);
    await again.store.close();
  });
});

describe('max_size', () => {
  it('refuses what would grow above it, keeps what is there, and takes more when something was deleted', async () => {
    await using folder = await temporaryFolder();
    const { store } = await open(folder.path, { maxBytes: mib });
    let stored = 0;
    await expect(
      (async () => {
        for (; ; stored++) await store.set(`k${stored}`, Buffer.alloc(10 * kib, stored));
      })(),
    ).rejects.toSatisfy((error) => StorageError.is(error) && error.code === 'full');
    expect(stored).toBeGreaterThan(80);
    expect(await bytesIn(folder.path)).toBeLessThanOrEqual(mib);
    expect(await store.keys()).toHaveLength(stored);
    for (let i = 0; i < 20; i++) await store.delete(`k${i}`);
    for (let i = 0; i < 10; i++) await store.set(`new${i}`, Buffer.alloc(10 * kib, i));
    expect(await bytesIn(folder.path)).toBeLessThanOrEqual(mib);
    await store.close();
  });

  it('is kept whatever is written over', async () => {
    await using folder = await temporaryFolder();
    const { store } = await open(folder.path, { maxBytes: mib });
    for (let i = 0; i < 30; i++) await store.set(`k${i}`, Buffer.alloc(10 * kib, i));
    let largest = 0;
    for (let i = 0; i < 300; i++) {
      await store.set(`k${(i * 7) % 30}`, Buffer.alloc(10 * kib, i));
      largest = Math.max(largest, await bytesIn(folder.path));
    }
    expect(largest).toBeLessThanOrEqual(mib);
    await store.close();
  });
});

describe('a full disk', () => {
  it('refuses what has no room, and loses nothing of what is there', async () => {
    await using folder = await temporaryFolder();
    const disk = smallDisk(100 * kib);
    const { store } = await open(folder.path, { fs: disk });
    let stored = 0;
    await expect(
      (async () => {
        for (; ; stored++) await store.set(`k${stored}`, Buffer.alloc(10 * kib, stored));
      })(),
    ).rejects.toSatisfy((error) => StorageError.is(error) && error.code === 'full');
    expect(stored).toBe(9);
    // What is small has room still, and stands behind nothing that was written by half.
    await store.set('small', text('1'));
    disk.room = 200 * kib;
    await store.set('more', text('2'));
    const before = await contents(store);
    await store.close();
    const again = await open(folder.path);
    expect([again.damages, again.warnings]).toEqual([[], []]);
    expect(await contents(again.store)).toEqual(before);
    await again.store.close();
  });

  it('lets what is there be deleted, and gives the room back', async () => {
    await using folder = await temporaryFolder();
    const disk = smallDisk(20 * mib);
    const { store } = await open(folder.path, { fs: disk });
    for (let i = 0; i < 19; i++) await store.set(`k${i}`, Buffer.alloc(mib, i));
    disk.room = 0;
    await expect(store.set('x', text('1'))).rejects.toThrow('there is no room on its disk');
    for (let i = 0; i < 8; i++) await store.delete(`k${i}`);
    expect(await store.keys()).toHaveLength(11);
    expect(await bytesIn(folder.path)).toBeLessThan(13 * mib);
    disk.room = 20 * mib;
    await store.set('x', text('1'));
    await store.close();
    const again = await open(folder.path);
    expect(await again.store.keys()).toHaveLength(12);
    await again.store.close();
  });

  it('takes one of those that were to be written together where another is too much', async () => {
    await using folder = await temporaryFolder();
    const { store } = await open(folder.path, { fs: smallDisk(10 * kib) });
    const outcomes = await Promise.allSettled([
      store.set('a', Buffer.alloc(kib)),
      store.set('b', Buffer.alloc(kib)),
      store.set('c', Buffer.alloc(20 * kib)),
      store.set('d', Buffer.alloc(kib)),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(await store.keys()).toEqual(['a', 'b', 'd']);
    await store.close();
  });
});

describe('what is damaged', () => {
  const aged = async (directory: string): Promise<void> => {
    const { store } = await open(directory);
    for (let i = 0; i < 5; i++) await store.set(`k${i}`, text(`value ${i}`));
    await store.close();
  };
  const change = async (directory: string, edit: (bytes: Buffer) => Buffer): Promise<string> => {
    const [segment] = await segmentsIn(directory);
    const file = path.join(directory, segment!);
    await fs.writeFile(file, edit(await fs.readFile(file)));
    return file;
  };

  it('is named and set aside, and the rest is there', async () => {
    await using folder = await temporaryFolder();
    await aged(folder.path);
    const file = await change(folder.path, (bytes) => {
      // In the key of the third.
      bytes[bytes.indexOf('k2')] = 0;
      return bytes;
    });
    const { store, damages } = await open(folder.path);
    expect(damages).toEqual(['0000000001.seg: 40 bytes at 88 cannot be read']);
    expect(Object.keys(await contents(store))).toEqual(['k0', 'k1', 'k3', 'k4']);
    expect((await fs.readFile(`${file}.damaged`)).length).toBeGreaterThan(0);
    await store.close();
    const again = await open(folder.path);
    expect(again.damages).toEqual([]);
    expect(await again.store.keys()).toHaveLength(4);
    await again.store.close();
  });

  it('is noticed where a value is read', async () => {
    await using folder = await temporaryFolder();
    await aged(folder.path);
    const file = await change(folder.path, (bytes) => {
      bytes[bytes.indexOf('value 3')]!++;
      return bytes;
    });
    const { store, damages } = await open(folder.path);
    expect(damages).toEqual([]);
    await expect(store.get('k3')).rejects.toSatisfy(
      (error) => StorageError.is(error) && error.code === 'damaged',
    );
    expect(damages).toEqual(['0000000001.seg: the value of "k3", 7 bytes at 161, cannot be read']);
    expect((await fs.stat(`${file}.damaged`)).size).toBeGreaterThan(0);
    expect(Buffer.from((await store.get('k4'))!).toString()).toBe('value 4');
    await store.close();
  });

  it('is all of a file of another version, or of none', async () => {
    await using folder = await temporaryFolder();
    await aged(folder.path);
    await change(folder.path, (bytes) => {
      bytes[7] = 9;
      return bytes;
    });
    const { store, damages } = await open(folder.path);
    expect(damages).toEqual(['0000000001.seg: version 9 of the format is not known']);
    await store.close();
    await change(folder.path, () => text('something else'));
    const again = await open(folder.path);
    expect(again.damages).toEqual(['0000000001.seg: it is not a segment of this store']);
    expect(await again.store.keys()).toEqual([]);
    await again.store.close();
  });

  it('is not what a process was writing when it was killed: that is cut off, and said', async () => {
    await using folder = await temporaryFolder();
    await aged(folder.path);
    await change(folder.path, (bytes) => bytes.subarray(0, -3));
    const { store, damages, warnings } = await open(folder.path);
    expect(damages).toEqual([]);
    expect(warnings).toEqual(['The last write was not finished, and nobody was told that it was']);
    expect(await store.keys()).toEqual(['k0', 'k1', 'k2', 'k3']);
    await store.set('k4', text('again'));
    await store.close();
    const again = await open(folder.path);
    expect([again.damages, again.warnings]).toEqual([[], []]);
    expect(await again.store.keys()).toHaveLength(5);
    await again.store.close();
  });

  it('is a file that is missing between others', async () => {
    await using folder = await temporaryFolder();
    const { store } = await open(folder.path);
    for (let i = 0; i < 30; i++) await store.set(`k${i}`, Buffer.alloc(mib));
    await store.close();
    const [, second] = await segmentsIn(folder.path);
    await fs.unlink(path.join(folder.path, second!));
    const again = await open(folder.path);
    expect(again.damages).toEqual([expect.stringContaining('the files between 1 and 3 are missing')]);
    expect(await again.store.keys()).toHaveLength(23);
    await again.store.close();
  });

  it('has the whole store put aside, where that is asked for', async () => {
    await using folder = await temporaryFolder();
    const directory = path.join(folder.path, 'a.store');
    await aged(directory);
    await change(directory, (bytes) => {
      bytes[bytes.indexOf('k2')] = 0;
      return bytes;
    });
    const clock = virtualClock({ startMs: Date.UTC(2026, 10, 27, 12) });
    const { store, damages } = await open(directory, { recreates: true, clock });
    expect(damages).toHaveLength(1);
    expect(await store.keys()).toEqual([]);
    expect(await fs.readdir(folder.path)).toEqual(['a.store', 'a.store.2026-11-27T12:00:00.000Z.backup']);
    await store.close();
  });
});

describe('a store that is open', () => {
  it('cannot be opened by another, who waits for it for a while', async () => {
    await using folder = await temporaryFolder();
    const clock = virtualClock();
    const { store } = await open(folder.path);
    await expect(open(folder.path)).rejects.toThrow(`${folder.path}: another process has this store open`);
    const waiting = open(folder.path, { lockTimeoutMs: 1_000, clock });
    await store.set('a', text('1'));
    await store.close();
    let isOpen = false;
    void waiting.then(() => (isOpen = true));
    while (!isOpen) {
      await clock.advance(20);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const other = await waiting;
    expect(await contents(other.store)).toEqual({ a: '1' });
    await other.store.close();
  });

  it('may have a long name', async () => {
    await using folder = await temporaryFolder();
    const directory = path.join(folder.path, 'd'.repeat(200));
    const { store } = await open(directory);
    await expect(open(directory)).rejects.toThrow('another process has this store open');
    await store.close();
    const again = await open(directory);
    await again.store.close();
  });

  it('is free when its process is gone without a word', async () => {
    await using folder = await temporaryFolder();
    await (await open(folder.path)).store.close();
    // What a kill leaves: a socket that nobody listens to.
    const { createServer } = await import('node:net');
    const lock = path.join(folder.path, 'lock');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(lock, resolve));
    await fs.link(lock, `${lock}.copy`);
    await new Promise((resolve) => server.close(resolve));
    await fs.rename(`${lock}.copy`, lock);
    const { store } = await open(folder.path);
    await store.set('a', text('1'));
    await store.close();
  });
});
