import { describe, expect, it } from 'vitest';
import { createGroupPath } from './group-path.js';

describe('the path of a group', () => {
  it.each([
    ['/data/*.json', 'a', '/data/a.json'],
    ['/data/*.json', 'a/b', '/data/a/b.json'],
    ['/data/*.json', '/a', '/data/a.json'],
    ['/data/*.json', './a', '/data/a.json'],
    ['/data/*.json', '../etc/my_config', '/data/etc/my_config.json'],
    ['/data/*.json', '../../../etc/x', '/data/etc/x.json'],
    ['/data/*.json', 'a/../../../etc/x', '/data/etc/x.json'],
    ['/data/*.json', '..', '/data/...json'],
    ['/data/*.json', '', '/data/.json'],
    ['/data/*/out.json', '..', '/data/out.json'],
    ['/data/*/out.json', 'a', '/data/a/out.json'],
    ['/data/logs-*.json', 'a', '/data/logs-a.json'],
    ['/data/logs-*.json', '../b', '/data/logs-/b.json'],
    ['/data/logs-*.json', 'x/../../other', '/data/logs-/other.json'],
    ['./out/*.json', 'a', 'out/a.json'],
    ['./out/*.json', '../../a', 'out/a.json'],
    ['../x/*', 'a', '../x/a'],
    ['../x/*', '../../../a', '../x/a'],
  ])('of %s and %j is %s', (pattern, value, expected) => {
    expect(createGroupPath(pattern)(value)).toBe(expected);
  });
});
