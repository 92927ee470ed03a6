import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * Builds the `pdata` of a commit in a folder of its own, and puts the rows of this bench beside it. Returns the
 * program that runs them there; the folder goes when this process ends.
 */
export function checkOut(commit: string): string {
  const hash = git('rev-parse', '--verify', '--end-of-options', `${commit}^{commit}`).trim();
  const folder = mkdtempSync(path.join(tmpdir(), 'tributary-against-'));
  const tree = path.join(folder, 'tree');
  process.once('exit', () => {
    spawnSync('git', ['worktree', 'remove', '--force', tree], { cwd: root });
    rmSync(folder, { recursive: true, force: true });
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

  git('worktree', 'add', '--detach', tree, hash);
  linkModules(tree);
  execFileSync(path.join(root, 'node_modules/.bin/tsc'), ['-b', 'packages/pdata'], {
    cwd: tree,
    stdio: 'inherit',
  });
  const bench = path.join(tree, 'bench');
  cpSync(path.join(root, 'bench/dist'), path.join(bench, 'dist'), { recursive: true });
  const manifest = path.join(bench, 'package.json');
  if (!existsSync(manifest)) writeFileSync(manifest, '{ "type": "module" }\n');
  return path.join(bench, 'dist/micro/rate-process.js');
}

/** The libraries of this checkout, with the `pdata` of the other. */
function linkModules(tree: string): void {
  const here = path.join(root, 'node_modules');
  const there = path.join(tree, 'node_modules');
  mkdirSync(path.join(there, '@tributary'), { recursive: true });
  for (const name of readdirSync(here))
    if (name !== '@tributary') symlinkSync(path.join(here, name), path.join(there, name));
  symlinkSync(path.join(tree, 'packages/pdata'), path.join(there, '@tributary/pdata'));
}

/** @throws Error with what git says */
function git(...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr.trim()}`);
  return stdout;
}
