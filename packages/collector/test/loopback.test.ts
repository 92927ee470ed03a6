import { describe, expect, it } from 'vitest';
import { isLoopback } from '../src/telemetry/loopback.js';

describe('a loopback address', () => {
  it.each([
    'localhost',
    'LocalHost',
    '127.0.0.1',
    '127.255.0.9',
    '::1',
    '[::1]',
    '0:0:0:0:0:0:0:1',
    '::ffff:127.0.0.1',
  ])('is %s', (host) => {
    expect(isLoopback(host)).toBe(true);
  });

  it.each([
    '',
    '0.0.0.0',
    '::',
    '[::]',
    '10.0.0.1',
    '128.0.0.1',
    '::2',
    '::ffff:10.0.0.1',
    'localhost.',
    'localhost.example',
    'example.localhost',
    '127.0.0.1.example',
    '127.1',
    '2130706433',
    '0x7f.0.0.1',
    '[localhost',
  ])('is not "%s"', (host) => {
    expect(isLoopback(host)).toBe(false);
  });
});
