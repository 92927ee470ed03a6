import { describe, expect, expectTypeOf, it } from 'vitest';
import type { z } from 'zod';
import { duration, parseDuration, type Duration } from './duration.js';

describe('a duration', () => {
  // The cases of Go's own test of time.ParseDuration, in milliseconds (exact below 2^53 ns, 104 days).
  it.each([
    ['0', 0],
    ['5s', 5_000],
    ['30s', 30_000],
    ['1478s', 1_478_000],
    ['-5s', -5_000],
    ['+5s', 5_000],
    ['-0', 0],
    ['+0', 0],
    ['5.0s', 5_000],
    ['5.6s', 5_600],
    ['5.s', 5_000],
    ['.5s', 500],
    ['1.0s', 1_000],
    ['1.00s', 1_000],
    ['1.004s', 1_004],
    ['1.0040s', 1_004],
    ['100.00100s', 100_001],
    ['10ns', 0.00001],
    ['200ns', 0.0002],
    ['11us', 0.011],
    ['12µs', 0.012],
    ['12μs', 0.012],
    ['13ms', 13],
    ['14s', 14_000],
    ['15m', 900_000],
    ['16h', 57_600_000],
    ['3h30m', 12_600_000],
    ['10.5s4m', 250_500],
    ['-2m3.4s', -123_400],
    ['1h2m3s4ms5us6ns', 3_723_004.005006],
    ['39h9m14.425s', 140_954_425],
    ['52763797000ns', 52_763.797],
    ['0.3333333333333333333h', 1_200_000],
    ['9007199254740991ns', (2 ** 53 - 1) / 1e6],
    ['9223372036854775807ns', 2 ** 63 / 1e6],
    ['0.100000000000000000000h', 360_000],
    ['-9223372036854775808ns', -(2 ** 63) / 1e6],
  ])('%s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each([
    '',
    '3',
    '-',
    's',
    '.',
    '-.',
    '.s',
    '+.s',
    '1d',
    '1s ',
    ' 1s',
    '1 s',
    '1S',
    '1e3s',
    '--1s',
    '1s-1s',
    '00',
    '0x1s',
    '٣s',
    '9223372036854780000ns',
    '3000000h',
    '\u0085\u0085',
    '\uffff\uffff',
  ])('%j is none', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});

describe('the type of a duration', () => {
  it('takes what code writes and gives milliseconds', () => {
    const schema = duration();
    expectTypeOf<z.input<typeof schema>>().toEqualTypeOf<Duration>();
    expectTypeOf<z.output<typeof schema>>().toBeNumber();
    const typed: Duration[] = ['200ms', '10s', '1m30s', '1.5h', '2h45m', '1h2m3s', '0', '0s'];
    expect(typed.map((text) => schema.parse(text))).toEqual([
      200, 10_000, 90_000, 5_400_000, 9_900_000, 3_723_000, 0, 0,
    ]);
    // @ts-expect-error no unit of Go's
    const wrong: Duration = '10 seconds';
    expect(schema.safeParse(wrong).success).toBe(false);
  });

  it.each([
    ['-1s', 'must not be negative, got "-1s"'],
    ['ten', 'must be a duration such as "200ms" or "1m30s", got "ten"'],
    [5, 'must be a duration such as "200ms" or "1m30s", got number'],
    [null, 'must be a duration such as "200ms" or "1m30s", got null'],
    [undefined, 'is required'],
  ])('refuses %j', (value, message) => {
    expect(
      duration()
        .safeParse(value)
        .error?.issues.map((issue) => issue.message),
    ).toEqual([message]);
  });
});
