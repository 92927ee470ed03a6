import { copyFileSync, renameSync, truncateSync, unlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { logFiles, read } from './support.js';

const beginning = { start_at: 'beginning' } as const;

describe('rotation by renaming', () => {
  it('is followed where the old file is looked for, too', async () => {
    const files = logFiles();
    files.write('a.log', 'one\n');
    const { poll, bodies } = await read({ include: [files.path('a.log*')], ...beginning });
    await poll();
    files.append('a.log', 'two\n');
    renameSync(files.path('a.log'), files.path('a.log.1'));
    files.write('a.log', 'three\n');
    await poll(2);
    files.append('a.log.1', 'late\n');
    await poll(2);
    expect(bodies().map(String).sort()).toEqual(['late', 'one', 'three', 'two']);
  });

  it('is followed where the old file is out of sight, and still written to', async () => {
    const files = logFiles();
    files.write('a.log', 'one\n');
    const { poll, bodies } = await read({ include: [files.path('a.log')], ...beginning });
    await poll();
    files.append('a.log', 'two\n');
    renameSync(files.path('a.log'), files.path('a.log.1'));
    files.write('a.log', 'three\n');
    await poll();
    files.append('a.log.1', 'late\n');
    await poll(2);
    expect(bodies().map(String).sort()).toEqual(['late', 'one', 'three', 'two']);
    // Nobody writes to it for a while.
    await poll(6);
    files.append('a.log.1', 'too late\n');
    await poll(3);
    expect(bodies()).toHaveLength(4);
  });

  it('is followed where the old file was deleted', async () => {
    const files = logFiles();
    files.write('a.log', 'one\n');
    const { poll, bodies } = await read({ include: [files.path('a.log')], ...beginning });
    await poll();
    files.append('a.log', 'two\nthree');
    unlinkSync(files.path('a.log'));
    await poll(8);
    expect(bodies()).toEqual(['one', 'two', 'three']);
  });
});

describe('rotation by copying and cutting', () => {
  it('doubles nothing of the copy', async () => {
    const files = logFiles();
    files.write('a.log', 'one\ntwo\n');
    const { poll, bodies } = await read({ include: [files.path('a.log*')], ...beginning });
    await poll();
    copyFileSync(files.path('a.log'), files.path('a.log.1'));
    await poll(2);
    truncateSync(files.path('a.log'));
    await poll(2);
    files.append('a.log', 'three\n');
    await poll(2);
    expect(bodies()).toEqual(['one', 'two', 'three']);
  });

  it('reads in the copy what was not read before the cut', async () => {
    const files = logFiles();
    files.write('a.log', 'one\n');
    const { poll, bodies } = await read({ include: [files.path('a.log*')], ...beginning });
    await poll();
    files.append('a.log', 'two\n');
    copyFileSync(files.path('a.log'), files.path('a.log.1'));
    truncateSync(files.path('a.log'));
    files.append('a.log', 'three, which is longer than what was there\n');
    await poll(4);
    expect(bodies().map(String).sort()).toEqual(['one', 'three, which is longer than what was there', 'two']);
  });

  it.each([
    ['ignore', ['same', 'old', 'after']],
    ['read_whole_file', ['same', 'old', 'same', 'new', 'after']],
    ['read_new', ['same', 'old', 'after']],
  ] as const)(
    'of a file that begins as before is handled as on_truncate: %s says',
    async (on_truncate, expected) => {
      const files = logFiles();
      files.write('a.log', 'same\nold\n'.padEnd(40) + '\n');
      const { poll, bodies } = await read({
        include: [files.path('a.log')],
        fingerprint_size: 16,
        on_truncate,
        ...beginning,
      });
      await poll();
      const cut = 'same\nold\n'.padEnd(16);
      files.write('a.log', `${cut}\nnew\n`);
      await poll(2);
      const all = on_truncate === 'ignore' ? cut.length + 30 : 0;
      files.append('a.log', `${' '.repeat(all)}\nafter\n`);
      await poll(2);
      const found = bodies();
      const wanted =
        on_truncate === 'read_whole_file' ? ['same', 'old', 'same', 'old', 'new', 'after'] : expected;
      expect(found).toEqual(wanted);
    },
  );
});

describe('two files', () => {
  it('that begin alike are two as soon as they differ', async () => {
    const files = logFiles();
    files.write('a.log', 'same\n');
    files.write('b.log', 'same\n');
    const { poll, bodies } = await read({ include: [files.path('*.log')], ...beginning });
    await poll();
    files.append('a.log', 'one\n');
    files.append('b.log', 'two\n');
    await poll(3);
    expect(bodies().map(String).sort()).toEqual(['one', 'same', 'same', 'two']);
  });
});
