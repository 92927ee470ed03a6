import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import * as transport from '../src/index.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

it('the README names every value that is exported for use', () => {
  const helpers = ['clientEndpointProblem', 'formatHostPort', 'serverEndpointProblem', 'splitHostPort'];
  const names = Object.keys(transport).filter((name) => !helpers.includes(name));
  expect(names.filter((name) => !readme.includes(name))).toEqual([]);
});
