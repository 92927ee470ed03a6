import { describe, expect, it } from 'vitest';
import { aggregate } from './aggregate.js';
import { createFilter } from './filter.js';
import { hostPaths } from './host/paths.js';
import { ratio } from './ratio.js';

describe('a filter', () => {
  it.each([
    [undefined, undefined, ['sda', 'sdb', 'loop0']],
    [{ names: ['sda'], match_type: 'strict' }, undefined, ['sda']],
    [undefined, { names: ['^loop'], match_type: 'regexp' }, ['sda', 'sdb']],
    [{ names: ['sd'], match_type: 'regexp' }, { names: ['b\\z'], match_type: 'regexp' }, ['sda']],
    [{ names: ['(?i)SD(?P<which>a)'], match_type: 'regexp' }, undefined, ['sda']],
  ] as const)('that includes %j and excludes %j passes %j', (include, exclude, passed) => {
    expect(['sda', 'sdb', 'loop0'].filter(createFilter(include, exclude))).toEqual(passed);
  });
});

it.each([
  ['sum', [6]],
  ['avg', [2]],
  ['min', [1]],
  ['max', [3]],
] as const)('points without an attribute become their %s', (strategy, values) => {
  expect(aggregate([1, 2, 3], [['a'], ['b'], ['c']], [], strategy)).toEqual({ values, attributes: [[]] });
});

it('points are one for each value of the attributes that are kept', () => {
  const points = [
    ['cpu0', 'user'],
    ['cpu0', 'idle'],
    ['cpu1', 'user'],
  ];
  expect(aggregate([1, 2, 3], points, [1], 'sum')).toEqual({
    values: [4, 2],
    attributes: [['user'], ['idle']],
  });
});

it.each([
  [1, 3, 0.3],
  [1, 30, 0.033],
  [0, 0, 0],
  [24_684_092, 24_684_092, 1],
])('the share of %d in %d has as many digits as they have: %d', (part, whole, share) => {
  expect(ratio(part, whole)).toBe(share);
});

it('each base is that of the environment, else below the root', () => {
  expect(hostPaths('/hostfs/', { HOST_PROC: '/p', HOST_PROC_MOUNTINFO: '/x/mountinfo' })).toEqual({
    root: '/hostfs',
    proc: '/p',
    sys: '/hostfs/sys',
    etc: '/hostfs/etc',
    dev: '/hostfs/dev',
    mountinfo: '/x',
  });
  expect(hostPaths('', {}).proc).toBe('/proc');
});
