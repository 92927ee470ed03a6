import { describe, expect, it } from 'vitest';
import { parsePrometheusText } from '../../../test/support/prometheus-text.js';
import { formatNumber } from './number.js';
import { textContentType, writeText } from './text.js';

describe('a number', () => {
  // What Go 1.x prints for strconv.FormatFloat(x, 'g', -1, 64).
  it.each([
    [0, '0'],
    [-0, '-0'],
    [1, '1'],
    [0.1, '0.1'],
    [100_000, '100000'],
    [123_456.5, '123456.5'],
    [1_000_000, '1e+06'],
    [16_777_216, '1.6777216e+07'],
    [1.5e300, '1.5e+300'],
    [0.0001, '0.0001'],
    [0.00001, '1e-05'],
    [-2_500_000, '-2.5e+06'],
    [Infinity, '+Inf'],
    [-Infinity, '-Inf'],
    [NaN, 'NaN'],
  ])('%d is %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });
});

describe('the text', () => {
  it('is of version 0.0.4', () => {
    expect(textContentType).toBe('text/plain; version=0.0.4; charset=utf-8');
  });

  it('has each metric with help, type and series, sorted', () => {
    const text = writeText([
      { name: 'b', help: 'Second', type: 'gauge', samples: [{ labels: {}, value: 0.5 }] },
      {
        name: 'a',
        help: 'First',
        type: 'counter',
        samples: [
          { labels: { z: '2', receiver: 'otlp' }, value: 2 },
          { labels: { receiver: 'otlp', z: '1' }, value: 1 },
        ],
      },
    ]);
    expect(text).toBe(
      [
        '# HELP a First',
        '# TYPE a counter',
        'a{receiver="otlp",z="1"} 1',
        'a{receiver="otlp",z="2"} 2',
        '# HELP b Second',
        '# TYPE b gauge',
        'b 0.5',
        '',
      ].join('\n'),
    );
  });

  it('sums the buckets of a histogram up', () => {
    const samples = [{ labels: { p: 'x' }, bounds: [10, 1_000_000], counts: [1, 2, 3], sum: 42 }];
    expect(writeText([{ name: 'h', help: '', type: 'histogram', samples }])).toBe(
      [
        '# TYPE h histogram',
        'h_bucket{p="x",le="10"} 1',
        'h_bucket{p="x",le="1e+06"} 3',
        'h_bucket{p="x",le="+Inf"} 6',
        'h_sum{p="x"} 42',
        'h_count{p="x"} 6',
        '',
      ].join('\n'),
    );
  });

  it('escapes what ends a line or a label', () => {
    const text = writeText([
      { name: 'm', help: 'a\\b\nc', type: 'gauge', samples: [{ labels: { l: 'a"b\\c\nd' }, value: 1 }] },
    ]);
    expect(text).toBe('# HELP m a\\\\b\\nc\n# TYPE m gauge\nm{l="a\\"b\\\\c\\nd"} 1\n');
    const { help, samples } = parsePrometheusText(text).get('m')!;
    expect([help, samples[0]!.labels]).toEqual(['a\\b\nc', { l: 'a"b\\c\nd' }]);
  });

  it('makes one metric of several of one name, with the first of two like series', () => {
    const text = writeText([
      { name: 'm', help: 'one', type: 'counter', samples: [{ labels: { a: '1', none: '' }, value: 1 }] },
      {
        name: 'm',
        help: 'two',
        type: 'counter',
        samples: [
          { labels: { a: '1' }, value: 7 },
          { labels: { a: '2' }, value: 2 },
        ],
      },
      { name: 'm', help: 'three', type: 'gauge', samples: [{ labels: { a: '3' }, value: 3 }] },
    ]);
    expect(text).toBe('# HELP m one\n# TYPE m counter\nm{a="1"} 1\nm{a="2"} 2\n');
  });

  it('leaves out what has no series', () => {
    expect(writeText([{ name: 'm', help: 'x', type: 'gauge', samples: [] }])).toBe('');
  });
});
