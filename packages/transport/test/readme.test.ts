import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import * as transport from '../src/index.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

it('the program in the README runs as written', () => {
  const [, program] = /```js\n(.+?)```/s.exec(readme)!;
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', program!],
    { encoding: 'utf8', cwd: import.meta.dirname },
  );
  expect([stdout, stderr, status]).toEqual(['', '', 0]);
});

it('the README names every value that is exported for use', () => {
  const helpers = ['clientEndpointProblem', 'formatHostPort', 'serverEndpointProblem', 'splitHostPort'];
  const names = Object.keys(transport).filter((name) => !helpers.includes(name));
  expect(names.filter((name) => !readme.includes(name))).toEqual([]);
});
