import path from 'node:path';
import { runCli } from '@tributary/cli';
import { components } from '@tributary/distribution';
import { expect, it } from 'vitest';
import { repositoryRoot } from '../support/tree.js';

const folder = path.join(repositoryRoot, 'examples/agent-to-gateway');

it.each([
  [['agent'], []],
  [['agent', 'host'], ['unused-component processors.batch']],
  [['gateway'], ['batch-too-large processors.batch.send_batch_max_size']],
])('the example of %j is right', async (names, warnings) => {
  let stderr = '';
  const code = await runCli({
    name: 'acme',
    version: '1.0.0',
    components,
    argv: ['validate', ...names.flatMap((name) => ['--config', path.join(folder, `${name}.yaml`)])],
    env: { BACKEND_API_KEY: 'key' },
    stdout: { write: () => true },
    stderr: { write: (text: string) => (stderr += text) },
  });
  const told = [...stderr.matchAll(/(?:error|warning)\[([a-z-]+)\]: ([^:\s]+): /g)];
  expect(told.map(([, kind, keys]) => `${kind} ${keys}`)).toEqual(warnings);
  expect(code).toBe(0);
});
