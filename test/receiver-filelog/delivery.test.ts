import { fileStorage } from '@tributary/extension-filestorage';
import { renameSync } from 'node:fs';
import { fileLogReceiver } from '@tributary/receiver-filelog';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.js';
import { logFiles, read } from './support.js';

const beginning = { start_at: 'beginning' } as const;

describe('what the pipeline refuses', () => {
  it('waits in its file, however long it takes, where retry is off', async () => {
    const files = logFiles();
    const { clock, poll, settle, bodies, sink, collector } = await read({ include: [files.path('a.log')] });
    sink.refuseNext('retryable', { times: 30 });
    await poll();
    files.write('a.log', 'one\ntwo\n');
    await poll(2);
    files.append('a.log', 'three\n');
    for (let i = 0; i < 40; i++) {
      await clock.advance(5_000);
      await settle();
    }
    await poll(2);
    expect(bodies()).toEqual(['one', 'two', 'three']);
    expect(collector.balance().components.find(({ kind }) => kind === 'receiver')!.dropped.size).toBe(0);
  });

  it('is given up after max_elapsed_time, where retry is on', async () => {
    const files = logFiles();
    const { poll, bodies, sink, lines } = await read({
      include: [files.path('a.log')],
      retry_on_failure: { enabled: true, initial_interval: '1s', max_interval: '2s', max_elapsed_time: '5s' },
      ...beginning,
    });
    sink.refuseNext('retryable', { times: 4 });
    files.write('a.log', 'one\n');
    await poll(60);
    files.append('a.log', 'two\n');
    await poll(10);
    expect(bodies()).toEqual(['two']);
    expect(lines).toContainEqual({
      level: 'error',
      message: 'The pipeline has refused log records.',
      fields: expect.objectContaining({ dropped_items: 1, reason: 'retries_exhausted' }) as never,
    });
  });

  it('for good is dropped, counted, and not read again', async () => {
    const files = logFiles();
    const { poll, bodies, sink, collector } = await read({ include: [files.path('a.log')], ...beginning });
    sink.refuseNext('permanent', { times: 1 });
    files.write('a.log', 'one\n');
    await poll(5);
    files.append('a.log', 'two\n');
    await poll(3);
    const dropped = collector.balance().components.find(({ kind }) => kind === 'receiver')!.dropped;
    expect([bodies(), [...dropped]]).toEqual([['two'], [['permanent', 1]]]);
  });

  it('comes once, also where a part of it was taken', async () => {
    const files = logFiles();
    const { poll, bodies, sink } = await read({ include: [files.path('a.log')], ...beginning });
    sink.refuseNext('retryable', { times: 1, items: 2 });
    files.write('a.log', 'one\ntwo\nthree\n');
    await poll(10);
    expect(bodies()).toEqual(['one', 'two', 'three']);
  });

  it('keeps the rest of the file unread', async () => {
    const files = logFiles();
    const { poll, sink, collector } = await read({ include: [files.path('a.log')], ...beginning });
    sink.refuseNext('retryable', { times: 5 });
    const lines = Array.from({ length: 20_000 }, (_, i) => `line ${i} ${'x'.repeat(100)}\n`);
    files.write('a.log', lines.join(''));
    await poll(3);
    const held = collector.balance().components.find(({ kind }) => kind === 'receiver')!.held;
    expect(held).toBeGreaterThan(0);
    expect(held).toBeLessThan(4_000);
    for (let i = 0; i < 300 && sink.items < 20_000; i++) await poll();
    expect(sink.items).toBe(20_000);
  });
});

describe('a restart', () => {
  const storageIn = (directory: string) => fileStorage({ directory });

  it('goes on where the pipeline has taken everything, through a rotation too', async () => {
    const files = logFiles();
    const directory = temporaryFolder();
    const include = [files.path('a.log*')];
    files.write('a.log', 'one\ntwo\nthr');
    const first = storageIn(directory);
    const before = await read(
      { include, storage: first, force_flush_period: '0s', ...beginning },
      { storage: first },
    );
    await before.poll(2);
    await before.stop();
    expect(before.bodies()).toEqual(['one', 'two']);
    files.append('a.log', 'ee\nfour\n');
    renameSync(files.path('a.log'), files.path('a.log.1'));
    files.write('a.log', 'five\n');
    const second = storageIn(directory);
    // From the end, as it would be of files that nobody has read.
    const after = await read({ include, storage: second }, { storage: second });
    await after.poll(3);
    await after.stop();
    expect(after.bodies().map(String).sort()).toEqual(['five', 'four', 'three']);
  });

  it('reads again what was refused when it was shut down', async () => {
    const files = logFiles();
    const directory = temporaryFolder();
    const first = storageIn(directory);
    const include = [files.path('a.log')];
    const before = await read({ include, storage: first, ...beginning }, { storage: first });
    before.sink.refuseNext('retryable', { times: 1_000 });
    files.write('a.log', 'one\ntwo\n');
    await before.poll(5);
    await before.stop();
    expect(before.bodies()).toEqual([]);
    const line = before.collector.balance().components.find(({ kind }) => kind === 'receiver')!;
    expect([line.held, line.dropped.size, line.absorbed]).toEqual([0, 0, 2]);
    const second = storageIn(directory);
    const after = await read({ include, storage: second }, { storage: second });
    await after.poll(3);
    expect(after.bodies()).toEqual(['one', 'two']);
  });

  it('reads again what an operator held that nobody has taken', async () => {
    const files = logFiles();
    const directory = temporaryFolder();
    files.write('a.log', 'a1\na2\nb1\n');
    const include = [files.path('a.log')];
    const operators = [
      {
        type: 'recombine',
        is_first_entry: 'body endsWith "1"',
        combine_field: 'body',
        force_flush_period: '1h',
      },
    ] as const;
    const first = storageIn(directory);
    const before = await read({ include, storage: first, operators, ...beginning }, { storage: first });
    await before.poll(2);
    expect(before.bodies()).toEqual(['a1\na2']);
    before.sink.refuseNext('retryable', { times: 1_000 });
    await before.stop();
    const second = storageIn(directory);
    const after = await read({ include, storage: second, operators }, { storage: second });
    await after.poll(2);
    await after.stop();
    expect(after.bodies()).toContain('b1');
  });
});

describe('a reload', () => {
  it('goes on where the receiver before was', async () => {
    const files = logFiles();
    const directory = temporaryFolder();
    files.write('a.log', 'one\n');
    const storage = fileStorage({ directory });
    const config = { include: [files.path('a.log')], storage, ...beginning };
    const { collector, sink, poll, bodies, settle } = await read(config, { storage });
    await poll(2);
    const changed = fileLogReceiver({ ...config, attributes: { env: 'prod' } });
    const reloading = collector.reload({
      extensions: [storage],
      pipelines: { logs: { receivers: [changed], exporters: [sink] } },
    });
    await settle();
    await reloading;
    files.append('a.log', 'two\n');
    await poll(3);
    expect(bodies()).toEqual(['one', 'two']);
    expect(sink.logRecords[1]!.attributes.get('env')).toBe('prod');
  });
});
