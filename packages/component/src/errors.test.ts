import { Traces, type Batch } from '@tributary/pdata';
import { expect, expectTypeOf, it, vi } from 'vitest';
import { ConsumeError } from './errors.js';

it('carries kind, hint, rejected part, status and cause', () => {
  const rejected = Traces.create();
  const cause = new Error('connection reset');
  const status = { code: 14, message: 'overloaded' };
  const error = new ConsumeError('refused', 'queue full', { cause, retryAfterMs: 250, rejected, status });
  expect(error).toMatchObject({
    name: 'ConsumeError',
    message: 'queue full',
    kind: 'refused',
    retryAfterMs: 250,
  });
  expect([error.rejected, error.cause, error.status]).toEqual([rejected, cause, status]);
  expectTypeOf<ConsumeError<'traces'>['rejected']>().toEqualTypeOf<Batch<'traces'> | undefined>();
});

it('has nothing that was not given', () => {
  const error = new ConsumeError('permanent', 'bad data');
  expect([error.retryAfterMs, error.rejected, error.status]).toEqual([undefined, undefined, undefined]);
  expect('cause' in error).toBe(false);
});

it('is recognised across copies of the package, and nothing else is', async () => {
  vi.resetModules();
  const { ConsumeError: Other } = await import('./errors.js');
  expect(Other).not.toBe(ConsumeError);
  const foreign: unknown = new Other('retryable', 'from the other copy');
  expect(foreign instanceof ConsumeError).toBe(false);
  expect(ConsumeError.is(foreign)).toBe(true);
  const others = [new Error('refused'), { kind: 'refused' }, null, undefined, 'refused', () => {}];
  expect(others.filter((value) => ConsumeError.is(value))).toEqual([]);
});
