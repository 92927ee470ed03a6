import { completeConfig } from '@tributary/component';
import { describe, expect, it } from 'vitest';
import {
  schema,
  type FileCompressionConfig,
  type FileExporterConfig,
  type GroupByConfig,
  type RotationConfig,
} from './config.js';
import { fileExporter } from './file.js';

const complete = (config: unknown): unknown => completeConfig(schema, config, []);

describe('defaults', () => {
  it('are those of the Collector', () => {
    expect(complete({ path: './foo' })).toEqual({
      path: './foo',
      append: false,
      format: 'json',
      compression: '',
      level: 0,
      flushIntervalMs: 1000,
      rotation: undefined,
      groupBy: undefined,
    });
  });

  it.each([{}, null, { max_megabytes: 0 }])('of rotation hold where it is %j', (rotation) => {
    expect(complete({ path: 'x', rotation })).toMatchObject({
      rotation: { maxBytes: 100 * 2 ** 20, maxDays: 0, maxBackups: 100, isLocal: false },
    });
  });

  it.each([undefined, null, {}, { enabled: false, resource_attribute: '' }])(
    'of group_by: off for %j',
    (group_by) => {
      expect(complete({ path: '*', group_by })).toMatchObject({ groupBy: undefined });
    },
  );

  it('of an enabled group_by', () => {
    expect(complete({ path: 'x*', group_by: { enabled: true } })).toMatchObject({
      groupBy: { attribute: 'fileexporter.path_segment', maxOpenFiles: 100 },
    });
  });

  it('of flush_interval hold for 0s too', () => {
    expect(complete({ path: 'x', flush_interval: '0s' })).toMatchObject({ flushIntervalMs: 1000 });
    expect(complete({ path: 'x', flush_interval: '250ms' })).toMatchObject({ flushIntervalMs: 250 });
  });
});

describe('refuses', () => {
  const group_by = { enabled: true };
  it.each<[object, string]>([
    [{}, 'path: path must be non-empty'],
    [{ path: '' }, 'path: path must be non-empty'],
    [
      { path: 'x', append: true, compression: 'zstd' },
      'append: append and compression enabled at the same time is not supported',
    ],
    [
      { path: 'x', append: true, rotation: {} },
      'append: append and rotation enabled at the same time is not supported',
    ],
    [{ path: 'x', format: 'text' }, 'format: format type is not supported'],
    [{ path: 'x', compression: 'gzip' }, 'compression: compression is not supported'],
    [{ path: 'x', flush_interval: '-1s' }, 'flush_interval: flush_interval must be larger than zero'],
    [
      { path: 'x', flush_interval: 5 },
      'flush_interval: must be a duration such as "200ms" or "1m30s", got number',
    ],
    [{ path: 'x', encoding: 'text_encoding' }, 'encoding: is not supported yet by this component'],
    [
      { path: 'x', compression_params: { level: 3 } },
      'compression_params: unsupported parameters {Level:3} for compression type ""',
    ],
    [{ path: 'x', rotation: { max_megabytes: -1 } }, 'rotation.max_megabytes: must be at least 0, got -1'],
    [
      { path: 'x', rotation: { max_megabyte: 1 } },
      'rotation.max_megabyte: unknown key; did you mean max_megabytes?',
    ],
    [{ path: 'x', group_by }, 'path: path must contain exactly one * when group_by is enabled'],
    [{ path: 'a*b*', group_by }, 'path: path must contain exactly one * when group_by is enabled'],
    [{ path: '*.json', group_by }, 'path: path must not start with * when group_by is enabled'],
    [
      { path: 'x*', group_by: { ...group_by, resource_attribute: '' } },
      'group_by: resource_attribute must not be empty when group_by is enabled',
    ],
    [
      { path: 'x*', group_by: { ...group_by, max_open_files: 0 } },
      'group_by.max_open_files: must be at least 1, got 0',
    ],
  ])('%j', (config, message) => {
    expect(() => fileExporter(config as FileExporterConfig)).toThrow(`exporters.file.${message}`);
  });
});

it('takes every key that its type has', () => {
  const compression_params: Required<FileCompressionConfig> = { level: 19 };
  const rotation: Required<RotationConfig> = {
    max_megabytes: 1,
    max_days: 2,
    max_backups: 3,
    localtime: true,
  };
  const group_by: Required<GroupByConfig> = { enabled: true, resource_attribute: 'a', max_open_files: 5 };
  const all: Required<FileExporterConfig> = {
    path: 'x*',
    append: false,
    format: 'proto',
    compression: 'zstd',
    compression_params,
    rotation,
    flush_interval: '2s',
    group_by,
  };
  expect(() => fileExporter(all)).not.toThrow();
});
