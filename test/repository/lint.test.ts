import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { repositoryRoot, writeTree } from '../support/tree.js';

const oxlint = path.join(repositoryRoot, 'node_modules/.bin/oxlint');
const plumbing = {
  '.oxlintrc.json': readFileSync(path.join(repositoryRoot, '.oxlintrc.json'), 'utf8'),
  'tsconfig.json': JSON.stringify({
    extends: path.join(repositoryRoot, 'tsconfig.base.json'),
    compilerOptions: { noEmit: true, composite: false },
    include: ['packages'],
  }),
};

/** What the linter says of each file under this repository's configuration: the names of the rules. */
async function lint(files: Readonly<Record<string, string>>): Promise<Record<string, string[]>> {
  const cwd = writeTree({ ...plumbing, ...files });
  const report = await new Promise<string>((resolve) => {
    // A finding makes the exit code 1; what counts here is the report.
    execFile(oxlint, ['--format', 'json', ...Object.keys(files)], { cwd }, (_, stdout) => resolve(stdout));
  });
  const { diagnostics } = JSON.parse(report) as {
    diagnostics: readonly { code: string; filename: string }[];
  };
  const found: Record<string, string[]> = Object.fromEntries(Object.keys(files).map((file) => [file, []]));
  for (const { code, filename } of diagnostics) {
    const rules = found[filename];
    if (rules === undefined) throw new Error(`a finding in ${filename}, which the test did not write`);
    rules.push(code.replace(/^.*\((.+)\)$/, '$1'));
  }
  return found;
}

it('finds nothing in sound code', async () => {
  const files = {
    'packages/x/src/index.ts':
      'export async function twice(n: number): Promise<number> {\n  return n * 2;\n}\n',
    'packages/x/src/index.test.ts': `import { expect, it } from 'vitest';\nit('adds', () => {\n  expect(1 + 1).toBe(2);\n});\n`,
    // Programs may do what packages may not.
    'examples/src/main.ts': `console.log(Date.now());\nsetTimeout(() => process.exit(1), 1);\n`,
  };
  expect(await lint(files)).toEqual({
    'packages/x/src/index.ts': [],
    'packages/x/src/index.test.ts': [],
    'examples/src/main.ts': [],
  });
});

it('finds what must not stand in a package', async () => {
  const cases: readonly (readonly [rule: string, code: string])[] = [
    ['no-floating-promises', 'export function f(): void {\n  Promise.resolve(1).then(String);\n}\n'],
    [
      'no-misused-promises',
      'export function f(g: (run: () => void) => void): void {\n  g(async () => {});\n}\n',
    ],
    ['await-thenable', 'export async function f(n: number): Promise<void> {\n  await n;\n}\n'],
    ['only-throw-error', `export function f(): never {\n  throw 'no';\n}\n`],
    ['no-explicit-any', 'export const f = (a: unknown): any => a;\n'],
    ['ban-ts-comment', '// @ts-ignore\nexport const n: number = 1;\n'],
    ['no-empty', 'export function f(g: () => void): void {\n  try {\n    g();\n  } catch {}\n}\n'],
    ['no-warning-comments', `// ${'TO'}${'DO'}: later\nexport const n: number = 1;\n`],
    ['no-restricted-properties', 'export const now = (): number => Date.now();\n'],
    ['no-restricted-properties', 'export const chance = (): number => Math.random();\n'],
    ['no-restricted-globals', 'export const later = (f: () => void): unknown => setTimeout(f, 1);\n'],
    ['no-restricted-globals', 'export const often = (f: () => void): unknown => setInterval(f, 1);\n'],
    ['no-restricted-globals', 'export const soon = (f: () => void): unknown => setImmediate(f);\n'],
    [
      'no-restricted-imports',
      `import { readFile } from 'node:fs/promises';\nexport const read: typeof readFile = readFile;\n`,
    ],
    [
      'no-restricted-imports',
      `import { setTimeout } from 'node:timers/promises';\nexport const sleep: typeof setTimeout = setTimeout;\n`,
    ],
    ['no-console', `export const say = (): void => console.log('hello');\n`],
    ['max-lines', `export const n: number = 1;\n${'//\n'.repeat(500)}`],
    [
      'switch-exhaustiveness-check',
      `export function f(word: 'a' | 'b'): number {\n  switch (word) {\n    case 'a':\n      return 1;\n  }\n  return 2;\n}\n`,
    ],
  ];
  const file = (index: number): string => `packages/x/src/case-${index}.ts`;
  const found = await lint(Object.fromEntries(cases.map(([, code], index) => [file(index), code])));
  expect(found).toEqual(Object.fromEntries(cases.map(([rule], index) => [file(index), [rule]])));
});

it('finds files that import one another', async () => {
  const files = {
    'packages/x/src/one.ts': `import { two } from './two.js';\nexport const one: unknown = () => two;\n`,
    'packages/x/src/two.ts': `import { one } from './one.js';\nexport const two: unknown = () => one;\n`,
  };
  expect(await lint(files)).toEqual({
    'packages/x/src/one.ts': ['no-cycle'],
    'packages/x/src/two.ts': ['no-cycle'],
  });
});

it('finds tests that do not run or cannot fail, and names that are not in kebab-case', async () => {
  const test = (call: string, body: string): string =>
    `import { expect, it } from 'vitest';\n${call}('adds', () => {\n  ${body};\n});\n`;
  const files = {
    'packages/x/src/only.test.ts': test('it.only', 'expect(1 + 1).toBe(2)'),
    'packages/x/src/skip.test.ts': test('it.skip', 'expect(1 + 1).toBe(2)'),
    'packages/x/src/vain.test.ts': test('it', 'expect(1 + 1)'),
    'packages/x/src/SomeClass.ts': 'export const n: number = 1;\n',
  };
  expect(await lint(files)).toEqual({
    'packages/x/src/only.test.ts': ['no-focused-tests'],
    'packages/x/src/skip.test.ts': ['no-disabled-tests'],
    'packages/x/src/vain.test.ts': ['valid-expect'],
    'packages/x/src/SomeClass.ts': ['filename-case'],
  });
});
