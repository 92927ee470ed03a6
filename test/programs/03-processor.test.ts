import { Logs, type Batch } from '@tributary/pdata';
import { expect, it } from 'vitest';
import { collector as redacting } from './03-processor.js';
import { post, started } from './support.js';

it('a processor in its short form and in its long one', async () => {
  const collector = await started(redacting);
  const seen: Batch<'logs' | 'traces'>[] = [];
  collector.tap({ to: 'debug' }, (batch) => void seen.push(batch as (typeof seen)[number]));
  const logs = Logs.create();
  logs
    .addResourceLogs()
    .addScope()
    .add({ body: 'hello', attributes: { 'user.email': 'a@b.c', a: '1', b: '2' } });
  expect(await post(collector.addresses()['otlp/logs']?.['http'], logs)).toBe(200);
  const records = seen.flatMap((batch) => (batch.signal === 'logs' ? [...batch.records()] : []));
  expect(records.map(({ attributes }) => [...attributes])).toEqual([
    [
      ['a', '1'],
      ['b', '2'],
    ],
  ]);
});
