import { ConfigError } from '@tributary/component';
import { describe, expect, it } from 'vitest';
import { probabilisticSampler } from './probabilistic-sampler.js';
import { schema } from './config.js';

it('has the defaults of the Collector', () => {
  expect(schema.parse({})).toEqual({
    sampling_percentage: 0,
    hash_seed: 0,
    mode: 'hash_seed',
    fail_closed: true,
    sampling_precision: 4,
    already_sampled: 'error',
    attribute_source: 'traceID',
    from_attribute: '',
    sampling_priority: '',
  });
});

it('an empty mode is hash_seed', () => {
  expect(schema.parse({ mode: '' }).mode).toBe('hash_seed');
});

it('a percentage has single precision', () => {
  expect(schema.parse({ sampling_percentage: 33.333 }).sampling_percentage).toBe(33.333_000_183_105_47);
});

it.each([0, 1e-14, 15, 100, 1e6])('takes %d per cent', (sampling_percentage) => {
  expect(schema.parse({ sampling_percentage }).sampling_percentage).toBe(Math.fround(sampling_percentage));
});

describe('refuses', () => {
  it.each([
    [{ sampling_percentage: -1 }, 'sampling_percentage: must be at least 0, got -1'],
    [{ sampling_percentage: NaN }, 'sampling_percentage: must be a number, got NaN'],
    [{ sampling_percentage: Infinity }, 'sampling_percentage: must be a number, got Infinity'],
    [
      { sampling_percentage: 1e-16 },
      'sampling_percentage: must be 0, or from 1.3877787807814457e-15 to 3.4e38, got 1e-16',
    ],
    [
      { sampling_percentage: 1e39 },
      'sampling_percentage: must be 0, or from 1.3877787807814457e-15 to 3.4e38, got 1e+39',
    ],
    [{ hash_seed: -1 }, 'hash_seed: must be at least 0, got -1'],
    [{ hash_seed: 2 ** 32 }, 'hash_seed: must be at most 4294967295, got 4294967296'],
    [{ hash_seed: 1.5 }, 'hash_seed: must be a whole number, got 1.5'],
    [
      { mode: 'equalising' },
      'mode: must be one of "", "hash_seed", "equalizing", "proportional", got "equalising"',
    ],
    [{ sampling_precision: 0 }, 'sampling_precision: must be at least 1, got 0'],
    [{ sampling_precision: 15 }, 'sampling_precision: must be at most 14, got 15'],
    [
      { already_sampled: true },
      'already_sampled: must be one of "error", "equalizing", "proportional", got true',
    ],
    [
      { attribute_source: 'attribute' },
      'attribute_source: must be one of "traceID", "record", got "attribute"',
    ],
    [{ fail_closed: 'yes' }, 'fail_closed: must be true or false, got a string'],
    [{ from_attribute: 1 }, 'from_attribute: must be a string, got 1'],
    [{ sampling_priority: true }, 'sampling_priority: must be a string, got true'],
    [{ sampling_percent: 1 }, 'sampling_percent: unknown key; did you mean sampling_percentage?'],
  ])('%j', (config, message) => {
    const make = (): unknown => probabilisticSampler(config as object);
    expect(make).toThrow(`processors.probabilistic_sampler.${message}`);
    expect(make).toThrow(expect.toSatisfy((error) => ConfigError.is(error)));
  });
});
