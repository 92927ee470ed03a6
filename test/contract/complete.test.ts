import { definitionOf } from '@tributary/component';
import { expect, it } from 'vitest';
import { readText, repositoryFiles } from '../support/repository-files.js';

// The contract holds for every component, and for those that are still to come.

/** What a package exports that makes components, by the names of the exports. */
async function factoriesOf(folder: string): Promise<string[]> {
  const exported = (await import(`../../packages/${folder}/src/index.ts`)) as Readonly<
    Record<string, unknown>
  >;
  return Object.keys(exported).filter((name) => isFactory(exported[name]));
}

function isFactory(value: unknown): boolean {
  if (typeof value !== 'function') return false;
  try {
    definitionOf(value);
    return true;
  } catch {
    return false;
  }
}

/** Those that no test hands to the contract suite. */
const missing = (factories: readonly string[], tests: readonly string[]): string[] =>
  factories.filter(
    (name) => !tests.some((text) => new RegExp(`contractSuite\\(\\{\\s*factory: ${name}\\b`).test(text)),
  );

const tests = repositoryFiles('.test.ts')
  .filter((file) => file.startsWith('test/contract/'))
  .map(readText);

const folders = repositoryFiles('package.json')
  .map(
    (file) =>
      /^packages\/((?:receiver|processor|exporter|connector|extension)-.*|testkit)\/package.json$/.exec(
        file,
      )?.[1],
  )
  .filter((folder) => folder !== undefined);

it.each(folders)('every component of %s passes the contract suite', async (folder) => {
  const factories = await factoriesOf(folder);
  expect(factories).not.toEqual([]);
  expect(missing(factories, tests)).toEqual([]);
});

it('negative control: a component without a contract test is found', () => {
  expect(missing(['batch', 'lookup'], tests)).toEqual(['lookup']);
});
