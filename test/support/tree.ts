import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** The root of this repository. */
export const repositoryRoot: string = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Writes files, by relative path, into a folder of their own and returns its path. It lies below the
 * repository, so that installed packages are found from it, where git does not look, and is deleted when
 * the test has finished.
 */
export function writeTree(files: Readonly<Record<string, string>>): string {
  const cache = path.join(repositoryRoot, '.cache');
  mkdirSync(cache, { recursive: true });
  const root = mkdtempSync(path.join(cache, 'tree-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.join(root, path.dirname(file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  }
  return root;
}
