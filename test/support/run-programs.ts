import { fork } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** What became of a program: `undefined`, or what it threw or did not end in. */
export type Outcomes = ReadonlyMap<string, string | undefined>;

/**
 * Runs programs one after the other in one process of their own, on the sources of the packages. A program
 * has ended when its module has: what it leaves open ends with the process. One that throws (also later,
 * while another runs) or takes longer than `limitMs` has failed.
 */
export function runPrograms(files: readonly string[], tsconfig: string, limitMs: number): Promise<Outcomes> {
  const outcomes = new Map<string, string | undefined>(files.map((file) => [file, 'did not run']));
  return new Promise((resolve) => {
    const child = fork(fileURLToPath(import.meta.resolve('./program-process.ts')), files, {
      execArgv: ['--import', import.meta.resolve('tsx')],
      env: { ...process.env, TSX_TSCONFIG_PATH: tsconfig, PROGRAM_LIMIT_MS: String(limitMs) },
      cwd: path.dirname(tsconfig),
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    let output = '';
    const listen = (chunk: Buffer): void => void (output += String(chunk));
    child.stdout?.on('data', listen);
    child.stderr?.on('data', listen);
    child.on('message', ({ file, error }: { file: string; error?: string }) => {
      outcomes.set(file, error === undefined ? undefined : `${error}\n${output}`);
      output = '';
    });
    child.on('exit', () => resolve(outcomes));
  });
}
