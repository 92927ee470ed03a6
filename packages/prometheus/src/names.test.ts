import { describe, expect, it } from 'vitest';
import { labelName, labelsOf, metricName, type MetricNaming } from './names.js';

describe('the name of a metric', () => {
  it.each<[string, MetricNaming, string]>([
    ['otelcol_process_uptime', { type: 'counter', unit: 's' }, 'otelcol_process_uptime_seconds_total'],
    ['otelcol_process_memory_rss', { type: 'gauge', unit: 'By' }, 'otelcol_process_memory_rss_bytes'],
    ['otelcol_process_cpu_seconds', { type: 'counter', unit: 's' }, 'otelcol_process_cpu_seconds_total'],
    ['otelcol_exporter_sent_spans', { type: 'counter', unit: '{span}' }, 'otelcol_exporter_sent_spans_total'],
    [
      'otelcol_process_runtime_heap_alloc_bytes',
      { type: 'gauge', unit: 'By' },
      'otelcol_process_runtime_heap_alloc_bytes',
    ],
    ['requests_total', { type: 'counter' }, 'requests_total'],
    [
      'http.server.request.duration',
      { type: 'histogram', unit: 's' },
      'http_server_request_duration_seconds',
    ],
    ['throughput', { type: 'gauge', unit: 'By/s' }, 'throughput_bytes_per_second'],
    ['rate', { type: 'gauge', unit: '{request}/min' }, 'rate_per_minute'],
    ['usage', { type: 'gauge', unit: '1' }, 'usage_ratio'],
    ['things', { type: 'counter', unit: '1' }, 'things_total'],
    ['speed', { type: 'gauge', unit: 'furlong/fortnight' }, 'speed_furlong_per_fortnight'],
    ['0day', { type: 'gauge' }, '_0day'],
    ['größe (max)', { type: 'gauge' }, 'gr_e_max_'],
  ])('%s, %o is %s', (name, naming, expected) => {
    expect(metricName(name, naming)).toBe(expected);
  });

  it('is that of the instrument where neither unit nor type is wanted', () => {
    const as = { withoutUnits: true, withoutTypeSuffix: true };
    expect(metricName('otelcol_process_uptime', { type: 'counter', unit: 's', ...as })).toBe(
      'otelcol_process_uptime',
    );
    expect(metricName('x_total', { type: 'counter', ...as })).toBe('x_total');
    expect(metricName('x', { type: 'gauge', unit: '1', ...as })).toBe('x');
  });

  it('takes each of the two alone', () => {
    expect(metricName('up', { type: 'counter', unit: 's', withoutUnits: true })).toBe('up_total');
    expect(metricName('up', { type: 'counter', unit: 's', withoutTypeSuffix: true })).toBe('up_seconds');
  });
});

describe('labels', () => {
  it.each([
    ['server.address', 'server_address'],
    ['a:b', 'a_b'],
    ['4xx', 'key_4xx'],
    ['', 'key_'],
  ])('%j is %s', (key, expected) => {
    expect(labelName(key)).toBe(expected);
  });

  it('of one name stand side by side, in the order of their keys', () => {
    expect(labelsOf({ a_b: 'second', 'a.b': 'first', c: 1 })).toEqual({ a_b: 'first;second', c: '1' });
  });

  it('write what is no text as JSON, and leave out what is nothing', () => {
    expect(labelsOf({ on: true, list: ['a', 1], none: undefined, nil: null })).toEqual({
      on: 'true',
      list: '["a",1]',
    });
  });
});
