import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { checkTypes, compilers, type CompilerMessage } from '../support/compilers.js';
import { parseMarkdown } from '../support/markdown.js';
import { readText, repositoryFiles } from '../support/repository-files.js';
import { repositoryRoot, writeTree } from '../support/tree.js';

const golden = path.join(repositoryRoot, 'test/component/wrong-programs.md');
const text = readFileSync(golden, 'utf8');
const programs = parseMarkdown(text).blocks.filter(({ info }) => info === 'ts');

/** The programs of `test/programs`, which are right. */
const right = repositoryFiles('.ts', 'test/programs').filter((file) => !/(\.test|support)\.ts$/.test(file));

it('wrong programs do not compile, and both compilers say why in one readable line; right ones do', async () => {
  const folder = writeTree({
    ...Object.fromEntries(programs.map(({ code }, index) => [`${index}.ts`, code])),
    ...Object.fromEntries(right.map((file) => [path.basename(file), readText(file)])),
  });
  const versions = Object.keys(compilers);
  const messages = await Promise.all(versions.map((version) => checkTypes(folder, version)));
  const firstLine = (program: number, version: number): string =>
    lineOf(messages[version]!.find(({ file }) => file === `${program}.ts`));

  let program = 0;
  const actual = text.replaceAll(/(```ts\n[\s\S]*?```\n)(\n```text\n[\s\S]*?```\n)?/g, (_, code: string) => {
    const lines = versions.map((version, index) => `${version} ${firstLine(program, index)}`);
    program++;
    return `${code}\n\`\`\`text\n${lines.join('\n')}\n\`\`\`\n`;
  });
  expect(program).toBe(programs.length);
  expect(actual).not.toContain(compiles);
  await expect(actual).toMatchFileSnapshot(golden);

  expect(right.length).toBeGreaterThan(0);
  const isRight = ({ file }: CompilerMessage): boolean => right.some((name) => path.basename(name) === file);
  expect(messages.map((ofVersion) => ofVersion.filter(isRight))).toEqual(versions.map(() => []));
}, 60_000);

const compiles = 'compiles!';

function lineOf(message: CompilerMessage | undefined): string {
  return message === undefined ? compiles : `line ${message.line}: ${message.message}`;
}
