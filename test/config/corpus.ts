import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCli } from '@tributary/cli';
import { formatDiagnostics, inspectConfig, type Diagnostic } from '@tributary/config';
import { components } from '@tributary/distribution';
import { keyDocs } from '../../packages/distribution/src/generated/key-docs.js';

const here = path.dirname(fileURLToPath(import.meta.url));
export const mistakes: string = path.join(here, 'mistakes');
export const correct: string = path.join(here, 'correct');

/** What the loader says of a configuration, and what a user reads of it. */
export interface Verdict {
  readonly diagnostics: readonly Diagnostic[];
  readonly isUsable: boolean;
  readonly text: string;
}

/** A file of the corpus; its name is without folder and ending. */
export interface CorpusFile {
  readonly name: string;
  readonly path: string;
}

/** The YAML files in the folders of a corpus; `parts` are files that others name. */
export function corpusFiles(folder: string): CorpusFile[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => file.split(path.sep).join('/'))
    .filter((file) => file.endsWith('.yaml') && !file.includes('parts/'))
    .toSorted()
    .map((file) => ({ name: file.slice(0, -'.yaml'.length), path: path.join(folder, file) }));
}

/**
 * Loads a file of the corpus as the command line would, from its own folder. The comments above it say what
 * else there is:
 *
 * ```yaml
 * # env NAME=value
 * # then parts/second.yaml
 * # set processors.batch.timeout=5
 * ```
 */
export function judge(file: CorpusFile): Promise<Verdict> {
  return judgeText(readFileSync(file.path, 'utf8'), path.dirname(file.path), path.basename(file.path));
}

/** The same of a text that stands in no file. */
export async function judgeText(text: string, folder: string, name = 'config.yaml'): Promise<Verdict> {
  const given = (word: string): string[] =>
    [...text.matchAll(/^# (env|then|set) (.*)$/gm)].flatMap(([, kind, value]) =>
      kind === word ? [value!] : [],
    );
  const env = Object.fromEntries(
    given('env').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  const fs = {
    readFile: ((asked: string) =>
      asked === name
        ? Promise.resolve(Buffer.from(text))
        : readFile(path.join(folder, asked))) as typeof readFile,
  };
  const { options, diagnostics } = await inspectConfig([name, ...given('then')], {
    components,
    set: given('set'),
    env,
    fs,
  });
  return {
    diagnostics,
    isUsable: options !== undefined,
    text: formatDiagnostics(diagnostics, { color: false }),
  };
}

/** What the command `validate` says of a file of the corpus; a comment above it, `# validate --portable`, has its options. */
export async function validated(
  file: CorpusFile,
): Promise<{ readonly codes: readonly string[]; readonly text: string }> {
  const [, options = ''] = /^# validate (.*)$/m.exec(readFileSync(file.path, 'utf8')) ?? [];
  let text = '';
  await runCli({
    name: 'tributary',
    version: '0.0.0',
    components,
    docs: () => Promise.resolve(keyDocs),
    argv: ['validate', ...options.split(' ').filter((option) => option !== ''), '--config', file.path],
    env: {},
    stdout: { write: () => true },
    stderr: { write: (part: string) => (text += part) },
  });
  const codes = [...text.matchAll(/(?:error|warning)\[([a-z-]+)\]/g)].map(([, code]) => code!);
  return { codes, text: text.trimEnd().replaceAll(`${path.dirname(file.path)}/`, '') };
}
