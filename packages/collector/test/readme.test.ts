import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

it('the program in the README runs as written', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [, program] = /```js\n(.+?)```/s.exec(readme)!;
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', program!],
    {
      encoding: 'utf8',
      cwd: import.meta.dirname,
    },
  );
  expect([stdout, stderr, status]).toEqual(['GET /\n', '', 0]);
});
