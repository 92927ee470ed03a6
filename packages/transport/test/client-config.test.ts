import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { bufferSizesShape, compressionProblem, compressionSchema, warnOfBufferSizes } from '../src/index.js';
import { problemsOf } from './config-problems.js';
import { testRuntime } from './helpers.js';

describe('the compression of a client', () => {
  const schema = z.strictObject({ compression: compressionSchema(['gzip', 'zstd', 'none', ''], ['lz4']) });

  it.each(['gzip', 'none', ''])('may be "%s"', (compression) => {
    expect(schema.parse({ compression })).toEqual({ compression });
  });

  it.each([
    ['brotli', 'compression: unsupported compression type "brotli"'],
    ['lz4', 'compression: "lz4" is not supported yet by this component'],
  ])('is not %s', (compression, problem) => {
    expect(problemsOf(schema, { compression })).toEqual([problem]);
  });

  it('is zstd where this Node can send it', () => {
    const problem = compressionProblem('zstd');
    expect(problemsOf(schema, { compression: 'zstd' })).toEqual(
      problem === undefined ? [] : [`compression: ${problem}`],
    );
  });
});

describe('the sizes of buffers', () => {
  const schema = z.strictObject(bufferSizesShape);

  it('are 0 and not negative', () => {
    expect(schema.parse({})).toEqual({ read_buffer_size: 0, write_buffer_size: 0 });
    expect(problemsOf(schema, { read_buffer_size: -1, write_buffer_size: -2 })).toEqual([
      'read_buffer_size: invalid read_buffer_size value: -1',
      'write_buffer_size: invalid write_buffer_size value: -2',
    ]);
  });

  it('have no effect where they are set, which the log is told', () => {
    const { logger, lines } = testRuntime();
    warnOfBufferSizes(schema.parse({ write_buffer_size: 524_288 }), logger);
    expect(lines).toEqual([
      {
        level: 'warn',
        message: 'Has no effect: Node has its own sizes of buffers',
        fields: { key: 'write_buffer_size', value: 524_288 },
      },
    ]);
  });
});
