import { describe, expect, it } from 'vitest';
import { graceOf } from './run-service.js';

describe('the grace of a shutdown', () => {
  it('is 25 seconds, or what the environment says', () => {
    expect([graceOf(), graceOf('0'), graceOf('5000')]).toEqual([25_000, 0, 5_000]);
  });

  it.each(['', '5s', '-1', 'NaN'])('is not %j', (text) => {
    expect(() => graceOf(text)).toThrow('SHUTDOWN_GRACE_MS is a number of milliseconds');
  });
});
