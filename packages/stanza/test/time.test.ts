import { describe, expect, it } from 'vitest';
import { createTimeParser } from '../src/index.js';

const now = (): number => Date.UTC(2026, 0, 3, 12);
const parse = (
  layout_type: 'strptime' | 'gotime' | 'epoch',
  layout: string,
  text: unknown,
  location?: string,
): string => {
  const ns = createTimeParser({ layout_type, layout, location }, now)(text);
  const rest = ((ns % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  return `${new Date(Number((ns - rest) / 1_000_000n)).toISOString().slice(0, 19)}.${String(rest).padStart(9, '0')}`;
};

describe('a time', () => {
  it.each([
    [
      'strptime',
      '%Y-%m-%dT%H:%M:%S.%LZ',
      '2026-11-27T10:00:00.123Z',
      undefined,
      '2026-11-27T10:00:00.123000000',
    ],
    [
      'strptime',
      '%Y-%m-%dT%H:%M:%S%z',
      '2026-11-27T10:00:00+0130',
      undefined,
      '2026-11-27T08:30:00.000000000',
    ],
    [
      'strptime',
      '%Y-%m-%dT%H:%M:%S%j',
      '2026-11-27T10:00:00-01:00',
      undefined,
      '2026-11-27T11:00:00.000000000',
    ],
    [
      'strptime',
      '%Y-%m-%d %H:%M:%S',
      '2026-07-01 10:00:00',
      'Europe/Berlin',
      '2026-07-01T08:00:00.000000000',
    ],
    [
      'strptime',
      '%Y-%m-%d %H:%M:%S',
      '2026-12-01 10:00:00',
      'Europe/Berlin',
      '2026-12-01T09:00:00.000000000',
    ],
    [
      'strptime',
      '%Y-%m-%d %H:%M:%S,%f',
      '2026-12-01 10:00:00,000042',
      'UTC',
      '2026-12-01T10:00:00.000042000',
    ],
    [
      'strptime',
      '%d/%b/%Y:%H:%M:%S %z',
      '27/Nov/2026:10:00:00 +0000',
      undefined,
      '2026-11-27T10:00:00.000000000',
    ],
    ['strptime', '%D %I:%M %p', '11/27/2026 01:05 PM', 'UTC', '2026-11-27T13:05:00.000000000'],
    ['strptime', '%c', 'Fri Nov 27 10:00:00 2026', 'UTC', '2026-11-27T10:00:00.000000000'],
    ['strptime', '%F %T %Z', '2026-11-27 10:00:00 UTC', undefined, '2026-11-27T10:00:00.000000000'],
    ['strptime', '%y%m%d %%', '261127 %', 'UTC', '2026-11-27T00:00:00.000000000'],
    ['strptime', '%b %e %T', 'Jan  2 10:00:00', 'UTC', '2026-01-02T10:00:00.000000000'],
    ['strptime', '%b %e %T', 'Dec 31 23:59:59', 'UTC', '2025-12-31T23:59:59.000000000'],
    [
      'gotime',
      '2006-01-02T15:04:05.999999999Z07:00',
      '2026-11-27T10:00:00.5+01:00',
      undefined,
      '2026-11-27T09:00:00.500000000',
    ],
    [
      'gotime',
      '2006-01-02T15:04:05.999999999Z07:00',
      '2026-11-27T10:00:00Z',
      undefined,
      '2026-11-27T10:00:00.000000000',
    ],
    [
      'gotime',
      'Mon Jan _2 15:04:05 2006',
      'Fri Nov  7 10:00:00 2026',
      'UTC',
      '2026-11-07T10:00:00.000000000',
    ],
    ['gotime', '02 Jan 06 03:04PM MST', '27 Nov 26 01:04PM UTC', undefined, '2026-11-27T13:04:00.000000000'],
    ['gotime', '2006/01/02 15:04:05', '2026/11/27 10:00:00.25', 'UTC', '2026-11-27T10:00:00.250000000'],
    ['epoch', 's', '1764237600', undefined, '2025-11-27T10:00:00.000000000'],
    ['epoch', 's', 1764237600, undefined, '2025-11-27T10:00:00.000000000'],
    ['epoch', 'ms', 1764237600123n, undefined, '2025-11-27T10:00:00.123000000'],
    ['epoch', 'us', '1764237600123456', undefined, '2025-11-27T10:00:00.123456000'],
    ['epoch', 'ns', '1764237600123456789', undefined, '2025-11-27T10:00:00.123456789'],
    ['epoch', 's.ns', '1764237600.123456789', undefined, '2025-11-27T10:00:00.123456789'],
    ['epoch', 's.ms', '1764237600.123', undefined, '2025-11-27T10:00:00.123000000'],
    ['epoch', 's', '-1.5', undefined, '1969-12-31T23:59:58.500000000'],
  ] as const)('%s %s of %s at %s', (type, layout, text, location, expected) => {
    expect(parse(type, layout, text, location)).toBe(expected);
  });

  it.each([
    ['strptime', '%Y-%m-%d', '2026-02-30'],
    ['strptime', '%Y-%m-%d', '2026-13-01'],
    ['strptime', '%Y-%m-%d', '2026-11-27 x'],
    ['strptime', '%H:%M', '25:00'],
    ['gotime', '2006-01-02T15:04:05Z07:00', '2026-02-29T10:00:00Z'],
    ['epoch', 's', 'soon'],
    ['strptime', '%F %Z', '2026-11-27 XYZ'],
  ] as const)('%s %s is not %s', (type, layout, text) => {
    expect(() => parse(type, layout, text)).toThrow(/is not written as|invalid value|failed to load/);
  });

  it('is that of this process, where nothing says another', () => {
    const ns = createTimeParser({ layout_type: 'strptime', layout: '%F %T' }, now)('2026-07-01 10:00:00');
    expect(ns).toBe(BigInt(new Date(2026, 6, 1, 10).getTime()) * 1_000_000n);
  });
});
