import { renameSync } from 'node:fs';
import { ConfigError, declarationOf } from '@tributary/component';
import { fileLogReceiver, type FileLogReceiverConfig } from '@tributary/receiver-filelog';
import { describe, expect, it } from 'vitest';
import { logFiles, read } from './support.js';

const include = ['/var/log/*.log'];

/** What is wrong with a config, below `receivers.file_log`. */
function problemsOf(config: object): string[] {
  try {
    fileLogReceiver(config as FileLogReceiverConfig);
  } catch (error) {
    if (!ConfigError.is(error)) throw error;
    return error.problems.map(({ path, message }) => `${path.slice(2).join('.')}: ${message}`);
  }
  return [];
}

describe('the config', () => {
  it('has the defaults of the Collector', () => {
    expect(declarationOf(fileLogReceiver({ include })).config).toMatchObject({
      exclude: [],
      start_at: 'end',
      poll_interval: 200,
      fingerprint_size: 1_000,
      initial_buffer_size: 16_384,
      max_log_size: 1_048_576,
      max_log_size_behavior: 'split',
      max_concurrent_files: 1_024,
      max_batches: 0,
      encoding: 'utf-8',
      force_flush_period: 500,
      preserve_leading_whitespaces: false,
      preserve_trailing_whitespaces: false,
      include_file_name: true,
      include_file_path: false,
      compression: '',
      delete_after_read: false,
      on_truncate: 'ignore',
      polls_to_archive: 0,
      attributes: {},
      resource: {},
      retry_on_failure: {
        enabled: false,
        initial_interval: 1_000,
        max_interval: 30_000,
        max_elapsed_time: 300_000,
      },
      operators: [],
    });
  });

  it.each<[object, string]>([
    [{}, 'include: '],
    [{ include: [] }, "include: 'include' must be specified"],
    [{ include: ['/a/[b'] }, 'include.0: parse glob: syntax error in pattern'],
    [{ include: ['/a/{b'] }, 'include.0: parse glob: syntax error in pattern'],
    [{ include, inlcude: [] }, 'inlcude: unknown key; did you mean include?'],
    [{ include, start_at: 'middle' }, "start_at: invalid start_at location 'middle'"],
    [{ include, fingerprint_size: 15 }, "fingerprint_size: 'fingerprint_size' must be at least 16 bytes"],
    [{ include, max_log_size: '1 zib' }, "max_log_size: invalid byte size '1 zib'"],
    [{ include, max_log_size: 0 }, "max_log_size: 'max_log_size' must be positive"],
    [{ include, encoding: 'klingon' }, "encoding: unsupported encoding 'klingon'"],
    [
      { include, multiline: { line_start_pattern: 'a', line_end_pattern: 'b' } },
      'multiline: only one of line_start_pattern or line_end_pattern can be set',
    ],
    [{ include, multiline: {} }, 'multiline: one of line_start_pattern or line_end_pattern must be set'],
    [
      { include, multiline: { line_start_pattern: '(' } },
      'multiline.line_start_pattern: error parsing regexp',
    ],
    [
      { include, delete_after_read: true },
      "delete_after_read: 'delete_after_read' cannot be used with 'start_at: end'",
    ],
    [
      { include, header: { pattern: '#', metadata_operators: [{ type: 'noop' }] } },
      "header: 'header' cannot be specified with 'start_at: end'",
    ],
    [
      { include, start_at: 'beginning', header: { pattern: '#', metadata_operators: [] } },
      'header.metadata_operators: must have at least one operator',
    ],
    [{ include, acquire_fs_lock: true }, 'acquire_fs_lock: is not supported: Node has no lock of files'],
    [
      { include, ordering_criteria: { top_n: -1 } },
      "ordering_criteria.top_n: 'top_n' must be a positive integer",
    ],
    [
      { include, ordering_criteria: { sort_by: [{ sort_type: 'numeric', regex_key: 'n' }] } },
      "ordering_criteria.regex: 'regex' must be specified when 'sort_by' is specified",
    ],
    [
      { include, ordering_criteria: { regex: 'a', sort_by: [{}] } },
      "ordering_criteria.sort_by.0.sort_type: 'sort_type' must be specified",
    ],
    [
      { include, operators: [{ type: 'json_parser', parse_form: 'body' }] },
      'operators.0.parse_form: unknown key; did you mean parse_from?',
    ],
    [{ include, operators: [{ type: 'jsonparser' }] }, "unsupported type 'jsonparser'"],
    [{ include, attributes: { a: 'EXPR(1 +)' } }, 'attributes.a: unexpected end'],
  ])('%j is told', (config, problem) => {
    const problems = problemsOf(config);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });

  it.each([
    ['1KiB', 1_024],
    ['1.5kb', 1_500],
    ['2 MiB', 2_097_152],
    [17, 17],
  ])('takes %s for a size', (max_log_size, bytes) => {
    expect(declarationOf(fileLogReceiver({ include, max_log_size })).config).toMatchObject({
      max_log_size: bytes,
    });
  });
});

it('polls as often as poll_interval says', async () => {
  const files = logFiles();
  const { clock, poll, bodies } = await read({ include: [files.path('*.log')], poll_interval: '10s' });
  await poll(2);
  files.write('a.log', 'one\n');
  await poll(10);
  expect(bodies()).toEqual([]);
  await clock.advance(10_000);
  await poll();
  expect(bodies()).toEqual(['one']);
});

it.each([
  [0, ['one', 'one', 'two']],
  [50, ['one', 'two']],
])('remembers a file that is gone for polls_to_archive: %i', async (polls_to_archive, expected) => {
  const files = logFiles();
  files.write('a.log', 'one\n');
  const { poll, bodies } = await read({
    include: [files.path('*.log')],
    start_at: 'beginning',
    polls_to_archive,
  });
  await poll(2);
  renameSync(files.path('a.log'), files.path('a.away'));
  await poll(20);
  files.append('a.away', 'two\n');
  renameSync(files.path('a.away'), files.path('b.log'));
  await poll(3);
  expect(bodies()).toEqual(expected);
});
