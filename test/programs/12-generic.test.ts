import { background } from '@tributary/component';
import type { Batch } from '@tributary/pdata';
import { expect, it } from 'vitest';
import { any, fan, glue } from './12-generic.js';
import { spans } from './support.js';

it('code that serves every signal', async () => {
  const head = glue(spans('a'), spans('b'));
  expect(any(head)).toBe(2);
  const got: number[] = [];
  const consumer = { consume: (batch: Batch<'traces'>) => void got.push(batch.itemCount) };
  await fan(head, [consumer, consumer], background);
  expect(got).toEqual([2, 2]);
});
