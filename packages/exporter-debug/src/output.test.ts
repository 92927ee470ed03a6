import type { FileHandle } from 'node:fs/promises';
import type { Clock, Host, Settings } from '@tributary/component';
import { expect, it } from 'vitest';
import type { Completed } from './config.js';
import { createOutput } from './output.js';

it('writes one text after the other, also after one that failed', async () => {
  const written: string[] = [];
  let underWay = 0;
  const file: Pick<FileHandle, 'appendFile' | 'close'> = {
    async appendFile(text) {
      expect(++underWay).toBe(1);
      await new Promise((resolve) => setImmediate(resolve));
      underWay--;
      if (text === 'b\n') throw new Error('ENOSPC');
      written.push(String(text));
    },
    close: () => Promise.resolve(),
  };
  const output = createOutput({
    config: { sampling_initial: 1, sampling_thereafter: 1, output_paths: ['x'] },
    clock: {} as Clock,
    fs: { open: () => Promise.resolve(file) },
  } as unknown as Settings<Completed>);
  await output.start?.({} as Host);
  const outcomes = await Promise.allSettled(['a', 'b', 'c'].map(async (text) => output.write([{ text }])));
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(written).toEqual(['a\n', 'c\n']);
});
