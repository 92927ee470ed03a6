import { expect, it } from 'vitest';
import { bench } from './support.js';

it('adds what OTEL_RESOURCE_ATTRIBUTES says, and no schema', async () => {
  const { start, pass } = bench({}, { env: { OTEL_RESOURCE_ATTRIBUTES: ' a=1, b = two%2C+three ' } });
  await start();
  expect(await pass({ c: 'd' })).toEqual({ c: 'd', a: '1', b: 'two, three' });
});

it('reads OTEL_RESOURCE where the other says nothing', async () => {
  const { start, pass } = bench({}, { env: { OTEL_RESOURCE_ATTRIBUTES: '  ', OTEL_RESOURCE: 'a=1' } });
  await start();
  expect(await pass()).toEqual({ a: '1' });
});

it('adds nothing where neither is set', async () => {
  const { start, pass } = bench({ fail_on_missing_metadata: true });
  await start();
  expect(await pass({ c: 'd' })).toEqual({ c: 'd' });
});

it('takes the keys of the allow_list alone', async () => {
  const env = { OTEL_RESOURCE_ATTRIBUTES: 'a=1,b=2,c=3' };
  const { start, pass } = bench({ env: { allow_list: ['b', 'c', 'x'] } }, { env });
  await start();
  expect(await pass()).toEqual({ b: '2', c: '3' });
});

it('does not start where the text cannot be read', async () => {
  const { start } = bench({}, { env: { OTEL_RESOURCE_ATTRIBUTES: 'a=1,b' } });
  await expect(start()).rejects.toThrow(
    'resource detection failed: env: invalid resource format, invalid text: "b"',
  );
});
