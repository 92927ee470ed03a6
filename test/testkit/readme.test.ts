import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as testkit from '@tributary/testkit';
import { afterAll, describe, expect, it } from 'vitest';
import { parseMarkdown } from '../support/markdown.js';
import { readText } from '../support/repository-files.js';
import { repositoryRoot, writeTree } from '../support/tree.js';

const readme = readText('packages/testkit/README.md');
const { blocks } = parseMarkdown(readme);

it('the README names every value that is exported', () => {
  // Those of the same family stand beside one that is named.
  const names = Object.keys(testkit).filter((name) => !name.startsWith('assertNo'));
  expect(names.filter((name) => !readme.includes(name))).toEqual([]);
});

describe('the program for vitest', async () => {
  const program = blocks.find(({ info }) => info.includes('vitest runs it'))!;
  // Where vitest finds what the program imports.
  const cache = path.join(repositoryRoot, '.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(path.join(cache, 'readme-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'program.ts');
  writeFileSync(file, program.code);
  await import(file);
});

const wrong = `
import { test } from 'node:test';
import { defineProcessor } from '@tributary/component';
import { assertSpan, contractSuite, registerChecks, sampleTraces } from '@tributary/testkit';
import { z } from 'zod';

const twice = defineProcessor({
  type: 'twice',
  config: z.strictObject({}),
  logs: ({ next }) => ({
    async consume(logs, context) {
      await next.consume(logs.clone(), context);
      await next.consume(logs, context);
    },
  }),
});
const skip = { 'accepts': 'it is not to' };
registerChecks(contractSuite({ factory: twice, create: () => twice(), skip }), test);
test('a span that there is not', () => void assertSpan(sampleTraces({ spans: 1 }), { name: 'PUT /' }));
`;

/** Runs files by `node --test`'s own runner, on the sources: what it reports, a line for each test. */
function runByNode(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = writeTree({
    ...files,
    'package.json': '{ "type": "module" }',
    'all.ts': Object.keys(files)
      .map((file) => `import './${file}';`)
      .join('\n'),
    'tsconfig.json': JSON.stringify({
      extends: '../../tsconfig.base.json',
      compilerOptions: { paths: { '@tributary/*': ['../../packages/*/src/index.ts'] } },
    }),
  });
  const args = ['--import', import.meta.resolve('tsx'), '--test-reporter=tap', path.join(folder, 'all.ts')];
  const env = { ...process.env, TSX_TSCONFIG_PATH: path.join(folder, 'tsconfig.json') };
  return new Promise((resolve) => execFile(process.execPath, args, { env }, (_, stdout) => resolve(stdout)));
}

it('the programs for node:test pass, and what is wrong fails there too', async () => {
  const programs = blocks.filter(({ code }) => code.includes("'node:test'")).map(({ code }) => code);
  expect(programs).toHaveLength(3);
  const files = Object.fromEntries(programs.map((code, n) => [`program-${n}.ts`, code]));
  const report = await runByNode({ ...files, 'wrong.ts': wrong });
  const lines = report.split('\n').filter((line) => /^(not )?ok /.test(line));
  const named = (line: string): string => line.replace(/^((?:not )?ok) \d+ - /, '$1: ');
  const failed = lines.filter((line) => line.startsWith('not')).map(named);
  expect(lines.map(named)).toContain('ok: a request that failed is marked in all services');
  expect(lines.filter((line) => line.includes('stamp (logs)'))).toHaveLength(16);
  expect(lines.filter((line) => line.includes('otlp_grpc (logs)'))).toHaveLength(17);
  expect(lines.some((line) => line.includes('twice (logs) accepts (skipped: it is not to) # SKIP'))).toBe(
    true,
  );
  expect(failed).toContain('not ok: twice (logs) passes every item on, once');
  expect(failed).toContain('not ok: a span that there is not');
  expect(failed.filter((line) => !/twice|a span that there is not/.test(line))).toEqual([]);
  expect(report).toContain("name: expected 'PUT /', got");
}, 60_000);
