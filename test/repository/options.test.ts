import path from 'node:path';
import { definitionOf, type AnyFactory } from '@tributary/component';
import { describe, expect, it } from 'vitest';
import { keyDocs } from '../../packages/distribution/src/generated/key-docs.js';
import { readText, repositoryFiles } from '../support/repository-files.js';
import { keysOfSchema } from '../support/schema-keys.js';
import { repositoryRoot } from '../support/tree.js';

const folders = repositoryFiles('package.json', 'packages')
  .map((file) => path.dirname(file))
  .filter((folder) => /\/(receiver|processor|exporter|connector|extension)-[^/]+$/.test(folder));

const components = await Promise.all(
  folders.map(async (folder) => {
    const entry = (await import(path.join(repositoryRoot, folder, 'src/index.ts'))) as Record<
      string,
      unknown
    >;
    const factory = Object.values(entry).find((value) => typeof value === 'function') as AnyFactory;
    const definition = definitionOf(factory);
    return { folder, id: `${definition.kind}/${definition.type}`, schema: definition.config };
  }),
);

/** The comments of all sources, each in one line. */
const comments = repositoryFiles('.ts', 'packages')
  .filter((file) => file.includes('/src/') && !file.includes('/generated/'))
  .flatMap((file) => [...readText(file).matchAll(/\/\*\*(.*?)\*\//gs)])
  .map(([, text]) =>
    text!
      .replace(/^\s*\*/gm, '')
      .replace(/\s+/g, ' ')
      .trim(),
  );

describe('what is said of keys', () => {
  it('is what a doc comment says', () => {
    const said = Object.values(keyDocs).flatMap((keys) => Object.values(keys).map(({ doc }) => doc));
    expect([...new Set(said)].filter((doc) => !comments.includes(doc))).toEqual([]);
  });

  it('is there for every component and for service.telemetry, and for nothing else', () => {
    expect(Object.keys(keyDocs).sort()).toEqual(
      ['service/telemetry', ...components.map(({ id }) => id)].sort(),
    );
  });

  it.each(components)('is said of every key that $id takes, and of no other', ({ id, schema }) => {
    const taken = keysOfSchema(schema).filter(({ isRefused }) => !isRefused);
    expect(Object.keys(keyDocs[id]!).sort()).toEqual(taken.map(({ key }) => key).sort());
    for (const { doc } of Object.values(keyDocs[id]!)) expect(doc).not.toBe('');
  });

  it.each([...components, { folder: 'packages/collector', id: 'service/telemetry' }])(
    'is the same in the README of $folder',
    ({ folder, id }) => {
      const rows = readText(`${folder}/README.md`).matchAll(/^\| `([^`]+)` \| .* \| ((?:\\\||[^|])+) \|$/gm);
      const documented = new Map([...rows].map(([, key, doc]) => [key, doc!.replaceAll('\\|', '|')]));
      for (const [key, { doc }] of Object.entries(keyDocs[id]!)) expect(documented.get(key)).toBe(doc);
    },
  );
});
