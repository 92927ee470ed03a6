import path from 'node:path';
import { definitionOf, type AnyFactory } from '@tributary/component';
import { describe, expect, it } from 'vitest';
import { readText, repositoryFiles } from '../support/repository-files.js';
import { keysOfSchema } from '../support/schema-keys.js';
import { repositoryRoot } from '../support/tree.js';

const page = readText('docs/differences.md');
/** Every name in code style, apart at its dots. */
const named = new Set([...page.matchAll(/`([^`]+)`/g)].flatMap(([, code]) => code!.split(/[^\w]+/)));

const folders = repositoryFiles('package.json', 'packages')
  .map((file) => path.dirname(file))
  .filter((folder) => /\/(receiver|processor|exporter|connector|extension)-[^/]+$/.test(folder));

describe('docs/differences.md', () => {
  it.each(folders)('names the keys that %s refuses, and those of its own', async (folder) => {
    const entry = (await import(path.join(repositoryRoot, folder, 'src/index.ts'))) as Record<
      string,
      unknown
    >;
    const factory = Object.values(entry).find((value) => typeof value === 'function');
    const refused = keysOfSchema(definitionOf(factory as AnyFactory).config)
      .filter(({ isRefused }) => isRefused)
      .map(({ key }) => key);
    const ours = [
      ...readText(`${folder}/README.md`).matchAll(
        /^\| `([^`]+)` \|.*(?:Not a key of the Collector|Ours)\./gm,
      ),
    ].map(([, key]) => key!);
    expect([...refused, ...ours].filter((key) => !named.has(key.split('.').at(-1)!))).toEqual([]);
  });
});
