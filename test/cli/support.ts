import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runCli, type CliOptions } from '@tributary/cli';
import { components } from '@tributary/distribution';
import { onTestFinished } from 'vitest';

/** What a command line came to. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line over all components, in this process. */
export async function cli(argv: readonly string[], options: Partial<CliOptions> = {}): Promise<Outcome> {
  let stdout = '';
  let stderr = '';
  const code = await runCli({
    name: 'acme',
    version: '1.2.3',
    components,
    env: {},
    stdout: { write: (text: string) => (stdout += text) },
    stderr: { write: (text: string) => (stderr += text) },
    ...options,
    argv,
  });
  return { code, stdout, stderr };
}

/** A file with this text, until the test has finished. */
export function fileForTest(text: string, name = 'config.yaml'): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'tributary-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
}

/** Codes and paths of what is told on stderr, in order. */
export function told(stderr: string): string[] {
  return [...stderr.matchAll(/(?:error|warning)\[([a-z-]+)\]: ([^:\s]+):/g)].map(
    ([, code, at]) => `${code} ${at}`,
  );
}
