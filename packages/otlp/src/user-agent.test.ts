import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { userAgent } from './user-agent.js';

it('names the version of this package, and the machine', () => {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  expect(userAgent).toBe(`Tributary/${version} (${process.platform}/${process.arch})`);
});
