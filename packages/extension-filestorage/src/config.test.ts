import { ConfigError, declarationOf } from '@tributary/component';
import { expect, it } from 'vitest';
import { fileStorage } from './file-storage.js';

/** What is wrong with a config, below `extensions.file_storage`. */
function problemsOf(config: object): string[] {
  try {
    fileStorage(config);
  } catch (error) {
    if (!ConfigError.is(error)) throw error;
    return error.problems.map(({ path, message }) => `${path.slice(2).join('.')}: ${message}`);
  }
  return [];
}

it('has the defaults of the Collector', () => {
  expect(declarationOf(fileStorage()).config).toEqual({
    directory: '/var/lib/otelcol/file_storage',
    create_directory: false,
    directory_permissions: 0o750,
    timeout: 1_000,
    fsync: false,
    recreate: false,
    max_size: 0,
    compaction: {
      on_start: false,
      on_rebound: false,
      directory: '/var/lib/otelcol/file_storage',
      max_transaction_size: 65_536,
      rebound_needed_threshold_mib: 100,
      rebound_trigger_threshold_mib: 10,
      check_interval: 5_000,
      cleanup_on_start: false,
    },
  });
});

it.each<[object, string]>([
  [{ directory: '' }, 'directory: '],
  [{ directroy: '/a' }, 'directroy: unknown key; did you mean directory?'],
  [
    { directory_permissions: '0o750' },
    'directory_permissions: directory_permissions value must be a valid octal representation, got "0o750"',
  ],
  [
    { directory_permissions: '01777' },
    'directory_permissions: directory_permissions contain invalid bits for file access, got "01777"',
  ],
  [{ timeout: '-1s' }, 'timeout: must not be negative'],
  [{ max_size: -1 }, 'max_size: max size cannot be less than 0'],
  [
    { compaction: { max_transaction_size: -1 } },
    'compaction.max_transaction_size: max transaction size for compaction cannot be less than 0',
  ],
  [
    { compaction: { on_rebound: true, check_interval: '0s' } },
    'compaction.check_interval: compaction check interval must be positive when rebound compaction is set, got 0s',
  ],
  [
    { max_size: 2 ** 20, compaction: { on_rebound: true, rebound_trigger_threshold_mib: 1 } },
    'compaction.rebound_needed_threshold_mib: must not be more than max_size (1048576 bytes)',
  ],
  [
    { max_size: 2 ** 20, compaction: { on_rebound: true, rebound_needed_threshold_mib: 1 } },
    'compaction.rebound_trigger_threshold_mib: must not be more than max_size (1048576 bytes)',
  ],
  [{ compaction: { on_strat: true } }, 'compaction.on_strat: unknown key; did you mean on_start?'],
])('%j is told', (config, problem) => {
  const problems = problemsOf(config);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(problem);
});

it('looks at thresholds only where they have an effect', () => {
  expect(problemsOf({ max_size: 2 ** 20, compaction: { check_interval: '0s' } })).toEqual([]);
});
