import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { repositoryRoot } from './tree.js';

const ignored = new Set([
  '.git',
  ...readFileSync(path.join(repositoryRoot, '.gitignore'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(/\/$/, '')),
]);

/** The files of the repository, relative to its root, without what .gitignore names. Asks no git. */
export function repositoryFiles(ending = '', folder = ''): string[] {
  return readdirSync(path.join(repositoryRoot, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = path.posix.join(folder, entry.name);
    if (ignored.has(entry.name) || entry.name.endsWith('.tsbuildinfo')) return [];
    if (entry.isDirectory()) return repositoryFiles(ending, file);
    return entry.isFile() && file.endsWith(ending) ? [file] : [];
  });
}

/** The text of a file, given relative to the root. */
export function readText(file: string): string {
  return readFileSync(path.join(repositoryRoot, file), 'utf8');
}
