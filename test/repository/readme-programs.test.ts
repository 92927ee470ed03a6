import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkTypes, type CompilerMessage } from '../support/compilers.js';
import { parseMarkdown } from '../support/markdown.js';
import { readText, repositoryFiles } from '../support/repository-files.js';
import { runPrograms } from '../support/run-programs.js';
import { writeTree } from '../support/tree.js';

/** A program in a text: a block of `ts`, or of `ts no-run: why`, which is compiled alone. */
interface Program {
  /** `packages/otlp/README.md:12` */
  readonly place: string;
  readonly file: string;
  readonly code: string;
  readonly line: number;
  readonly isRun: boolean;
}

const texts = repositoryFiles('.md').filter((file) =>
  /^(README\.md|docs\/.*|packages\/[^/]+\/README\.md)$/.test(file),
);

function programsIn(text: string, markdown: string): Program[] {
  return parseMarkdown(markdown)
    .blocks.filter(({ info }) => /^ts\b/.test(info))
    .map(({ info, code, line }) => ({
      place: `${text}:${line}`,
      file: `${text.replaceAll('/', '-').replace(/\.md$/, '')}-${line}.ts`,
      code,
      line,
      isRun: info === 'ts',
    }));
}

/** Compiles all programs in one run and runs them in one process: what is wrong with each, by its place. */
async function problemsOf(programs: readonly Program[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const folder = writeTree({
    'package.json': '{ "type": "module" }',
    ...Object.fromEntries(programs.map(({ file, code }) => [file, `${code}\nexport {};\n`])),
  });
  const messages = await checkTypes(folder, '7.0');
  const isRight = ({ file }: Program): boolean => !messages.some((message) => message.file === file);
  const files = programs
    .filter((program) => program.isRun && isRight(program))
    .map(({ file }) => path.join(folder, file));
  const outcomes = await runPrograms(files, path.join(folder, 'tsconfig.7.0.json'), 10_000);
  return new Map(
    programs.map((program) => [
      program.place,
      problems(program, messages, outcomes.get(path.join(folder, program.file))),
    ]),
  );
}

function problems(
  program: Program,
  messages: readonly CompilerMessage[],
  outcome: string | undefined,
): string[] {
  const compiled = messages
    .filter(({ file }) => file === program.file)
    .map(({ line, message }) => `line ${program.line + line - 1}: ${message}`);
  return outcome === undefined ? compiled : [...compiled, outcome];
}

describe('programs in the texts', () => {
  const programs = texts.flatMap((text) => programsIn(text, readText(text)));

  it('compile and run', async () => {
    expect(programs.length).toBeGreaterThan(0);
    const found = [...(await problemsOf(programs))].filter(([, problems]) => problems.length > 0);
    expect(Object.fromEntries(found)).toEqual({});
  }, 120_000);

  it('are run, or say why not', () => {
    const infos = texts.flatMap((text) => parseMarkdown(readText(text)).blocks.map(({ info }) => info));
    expect(infos.filter((info) => /^ts\b/.test(info) && !/^ts( no-run: \S.*)?$/.test(info))).toEqual([]);
  });
});

describe('the check of programs', () => {
  it('finds what does not compile, what throws, and what throws late', async () => {
    const text = [
      "const port: number = 'four';",
      "throw new Error('no luck');",
      "setTimeout(() => { throw new Error('late'); }, 0);\nawait new Promise(() => {});",
      "import { parseDuration } from '@tributary/component';\nif (parseDuration('1s') !== 1000) throw new Error('wrong');",
    ];
    const markdown = text.map((code) => `\`\`\`ts\n${code}\n\`\`\``).join('\n');
    const found = await problemsOf([
      ...programsIn('a.md', markdown),
      ...programsIn('b.md', "```ts no-run: needs a backend\nthrow new Error('not run');\n```"),
    ]);
    expect([...found].map(([place, [problem]]) => [place, problem?.split('\n')[0]])).toEqual([
      ['a.md:2', expect.stringMatching(/^line 2: TS2322: Type 'string' is not assignable/)],
      ['a.md:5', 'Error: no luck'],
      ['a.md:8', 'Error: late'],
      ['a.md:12', undefined],
      ['b.md:2', undefined],
    ]);
  }, 60_000);
});
