import { existsSync } from 'node:fs';
import path from 'node:path';
import { definitionOf, notOffered, type AnyFactory } from '@tributary/component';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { problemsOfKeysFile } from '../support/keys-file.js';
import { readText, repositoryFiles } from '../support/repository-files.js';
import { keysOfSchema } from '../support/schema-keys.js';
import { repositoryRoot, writeTree } from '../support/tree.js';

/** The schema of the component that a package exports. */
async function schemaOf(folder: string): Promise<z.ZodType> {
  const entry = (await import(path.join(repositoryRoot, folder, 'src/index.ts'))) as Record<string, unknown>;
  const factory = Object.values(entry).find((value) => typeof value === 'function');
  return definitionOf(factory as AnyFactory).config;
}

/** What stands between the marks of the table that is written from the config interface. */
function optionsTable(folder: string): string | undefined {
  return /<!-- options -->([\s\S]*)<!-- \/options -->/.exec(readText(`${folder}/README.md`))?.[1];
}

const folders = repositoryFiles('package.json', 'packages')
  .map((file) => path.dirname(file))
  .filter((folder) => /\/(receiver|processor|exporter|connector|extension)-[^/]+$/.test(folder));

describe('the keys of', () => {
  const listed = folders.filter((folder) => existsSync(path.join(repositoryRoot, folder, 'KEYS.md')));

  it('receivers of OTLP are listed', () => {
    expect(listed).toContain('packages/receiver-otlp');
  });

  it.each(listed)('%s are each shown by a test or refused', async (folder) => {
    expect(problemsOfKeysFile(path.join(repositoryRoot, folder, 'KEYS.md'), await schemaOf(folder))).toEqual(
      [],
    );
  });

  const documenting = folders.filter((folder) => optionsTable(folder) !== undefined);

  it.each(documenting)('%s that are not refused are those that its README documents', async (folder) => {
    const documented = [...optionsTable(folder)!.matchAll(/^\| `([^`]+)` \|/gm)].map(([, key]) => key!);
    const taken = keysOfSchema(await schemaOf(folder)).filter(({ isRefused }) => !isRefused);
    expect(documented.sort()).toEqual(taken.map(({ key }) => key).sort());
  });
});

describe('the check of keys', () => {
  const schema = z.strictObject({
    size: z.int().min(1).default(1),
    server: z.strictObject({ host: z.string(), auth: notOffered }).optional(),
  });
  const test = "it('has a size', () => {});\nit(`doesn\\'t stop`, () => {});";
  const check = (rows: string): string[] => {
    const folder = writeTree({ 'p/KEYS.md': rows, 'p/a.test.ts': test });
    return problemsOfKeysFile(path.join(folder, 'p/KEYS.md'), schema);
  };
  const size = '| `size` | [`a.test.ts`](a.test.ts): has a size |';
  const host = "| `server.host` | [`a.test.ts`](a.test.ts): doesn't stop |";
  const auth = '| `server.auth` | `"x"` is refused: `is not supported yet by this component` |';

  it('is content with a row for each key, and with several', () => {
    expect(check([size, host, auth].join('\n'))).toEqual([]);
    const zero = '| `size` | `0` is refused: `must be at least 1, got 0` |';
    expect(
      check([zero, size, '| `{size,server.host}` | [`a`](a.test.ts): has a size |', auth].join('\n')),
    ).toEqual([]);
  });

  it.each([
    [[host, auth], 'no row: size'],
    [[size, host, auth, size.replace('`size`', '`sizes`')], '4: no such key: sizes'],
    [[size.replace('has a', 'had a'), host, auth], '1: no such test in a.test.ts: had a size'],
    [[size.replace('(a.', '(b.'), host, auth], '1: no such file: b.test.ts'],
    [['| `size` | works |', host, auth], '1: names neither a test nor a refusal'],
    [
      [size, host, auth.replace('yet ', '')],
      '3: server.auth is answered with "is not supported yet by this component"',
    ],
    [
      [size, host, '| `server.{auth,host}` | `"x"` is refused: `no` |'],
      '3: server.host is answered with nothing',
    ],
  ])('complains of %j', (rows, problem) => {
    expect(check(rows.join('\n'))).toContain(problem);
  });
});
