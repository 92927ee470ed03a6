import { describe, expect, it } from 'vitest';
import { checkLayers } from '../../scripts/check-layers.mjs';
import { writeTree } from '../support/tree.js';

interface Package {
  /** Names of dependencies. */
  readonly uses?: readonly string[];
  /** Folders that tsconfig.json references. */
  readonly references?: readonly string[];
  readonly name?: string;
}

/** The two files that every package has, written as this repository writes them. */
function plumbing(
  folder: string,
  { uses = [], references = [], name }: Package = {},
): Record<string, string> {
  const manifest = {
    name: name ?? `@tributary/${folder}`,
    exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
    dependencies: Object.fromEntries(uses.map((dependency) => [dependency, '0.0.0'])),
  };
  const tsconfig = { references: references.map((reference) => ({ path: `../${reference}` })) };
  return {
    [`packages/${folder}/package.json`]: JSON.stringify(manifest, undefined, 2),
    [`packages/${folder}/tsconfig.json`]: JSON.stringify(tsconfig, undefined, 2),
  };
}

/** A small repository without a breach, to which each case adds one. */
const sound = {
  ...plumbing('pdata'),
  'packages/pdata/src/index.ts': `export const signals = ['traces'];`,
  ...plumbing('component', { uses: ['@tributary/pdata'], references: ['pdata'] }),
  'packages/component/src/index.ts': `export { signals } from '@tributary/pdata';`,
  ...plumbing('transport', { uses: ['@grpc/grpc-js'] }),
  'packages/transport/src/index.ts': `import '@grpc/grpc-js';`,
  ...plumbing('otlp', { uses: ['@tributary/transport'], references: ['transport'] }),
  'packages/otlp/src/index.ts': `import '@tributary/transport';`,
  ...plumbing('delivery'),
  'packages/delivery/src/index.ts': '',
  ...plumbing('collector', { uses: ['@tributary/component'], references: ['component'] }),
  'packages/collector/src/index.ts': `import '@tributary/component';`,
  ...plumbing('config', { uses: ['@tributary/collector'], references: ['collector'] }),
  'packages/config/src/index.ts': `import '@tributary/collector';`,
  ...plumbing('testkit', { uses: ['@tributary/collector'], references: ['collector'] }),
  'packages/testkit/src/index.ts': `import '@tributary/collector';`,
  ...plumbing('exporter-nop', { uses: ['@tributary/component'], references: ['component'] }),
  'packages/exporter-nop/src/index.ts': `export * from './nop.js';\nexport const ready = await Promise.resolve(true);`,
  'packages/exporter-nop/src/nop.ts': `import type { signals } from '@tributary/component';\nimport 'node:path';`,
  'packages/exporter-nop/src/nop.test.ts': `import '@tributary/testkit';\nimport '../../../test/support/tree.js';`,
  ...plumbing('processor-batch'),
  'packages/processor-batch/src/index.ts': '',
};

/** The breaches when the given files take the place of, or are added to, the sound ones. */
const breaches = (files: Readonly<Record<string, string>>): string[] =>
  checkLayers(writeTree({ ...sound, ...files }));

describe('the layer rule', () => {
  it('finds nothing in a repository without a breach', () => {
    expect(breaches({})).toEqual([]);
  });

  it.each([
    ['ground does not import a kit', 'component', 'delivery'],
    ['pdata imports nothing', 'pdata', 'component'],
    ['a kit does not import another', 'delivery', 'transport'],
    ['a kit does not import the engine', 'otlp', 'collector'],
    ['the engine does not import the loader', 'collector', 'config'],
    ['the engine does not import a component', 'collector', 'exporter-nop'],
    ['the test kit does not import a component', 'testkit', 'exporter-nop'],
    ['a component does not import another', 'processor-batch', 'exporter-nop'],
    ['a component does not import the engine', 'processor-batch', 'collector'],
    ['a component does not import the test kit', 'processor-batch', 'testkit'],
  ])('%s', (_, folder, target) => {
    const found = breaches({
      ...plumbing(folder, { uses: [`@tributary/${target}`], references: [target] }),
      [`packages/${folder}/src/index.ts`]: `// first line\nimport '@tributary/${target}';`,
    });
    expect(found).toContain(`packages/${folder}/src/index.ts:2: ${folder} may not import ${target}`);
  });

  it('sees type imports, import types, dynamic imports and re-exports', () => {
    const found = breaches({
      'packages/processor-batch/src/index.ts': [
        `import type { A } from '@tributary/collector';`,
        `export type B = import('@tributary/collector').B;`,
        `export const load = () => import('@tributary/collector');`,
        `export * from '@tributary/collector';`,
      ].join('\n'),
    });
    for (const line of [1, 2, 3, 4]) {
      expect(found).toContain(
        `packages/processor-batch/src/index.ts:${line}: processor-batch may not import collector`,
      );
    }
  });

  it('lets no lower package use the test kit, not even in its tests', () => {
    expect(breaches({ 'packages/otlp/src/otlp.test.ts': `import '@tributary/testkit';` })).toEqual([
      'packages/otlp/src/otlp.test.ts:1: otlp may not import testkit, not even in a test',
    ]);
    expect(breaches({ 'packages/otlp/test/end-to-end.test.ts': `import '@tributary/testkit';` })).toEqual([
      'packages/otlp/test/end-to-end.test.ts:1: otlp may not import testkit, not even in a test',
    ]);
  });

  it('keeps gRPC behind the transport', () => {
    expect(
      breaches({
        ...plumbing('delivery', { uses: ['@grpc/grpc-js'] }),
        'packages/delivery/src/index.ts': `import '@grpc/grpc-js';`,
      }),
    ).toEqual(['packages/delivery/src/index.ts:1: only transport may import @grpc/grpc-js']);
  });

  it('lets packages meet at their entry points only', () => {
    expect(
      breaches({ 'packages/component/src/index.ts': `import '@tributary/pdata/dist/wire.js';` }),
    ).toEqual([
      `packages/component/src/index.ts:1: '@tributary/pdata/dist/wire.js' is not an entry point of @tributary/pdata`,
    ]);
    expect(breaches({ 'packages/delivery/src/index.ts': `import '../../pdata/src/index.js';` })).toEqual([
      `packages/delivery/src/index.ts:1: '../../pdata/src/index.js' leaves src/: packages meet at their entry points`,
    ]);
    expect(breaches({ 'packages/delivery/src/a.test.ts': `import '../../pdata/src/index.js';` })).toEqual([
      `packages/delivery/src/a.test.ts:1: '../../pdata/src/index.js' leaves its package: packages meet at their entry points`,
    ]);
  });

  it('wants every import declared', () => {
    expect(breaches({ 'packages/delivery/src/index.ts': `import 'p-queue';` })).toEqual([
      'packages/delivery/src/index.ts:1: p-queue is neither in dependencies nor in peerDependencies of packages/delivery/package.json',
    ]);
    expect(breaches({ 'packages/delivery/src/index.ts': `import '@tributary/none';` })).toEqual([
      'packages/delivery/src/index.ts:1: there is no package @tributary/none',
    ]);
  });

  it('wants the project references to be the imports', () => {
    expect(breaches(plumbing('component', { uses: ['@tributary/pdata'] }))).toEqual([
      'packages/component/tsconfig.json:2: does not reference pdata, which src/ imports',
    ]);
    expect(breaches(plumbing('delivery', { references: ['pdata'] }))).toEqual([
      'packages/delivery/tsconfig.json:4: references pdata, which no source file imports',
    ]);
  });

  it.each([
    ['top-level await', 'const one = await Promise.resolve(1);'],
    ['top-level await', 'for await (const one of []) one;'],
    ['top-level await', 'await using one = { [Symbol.asyncDispose]: async () => {} };'],
    ['import.meta', 'export const here = () => import.meta.url;'],
  ])('has no %s outside entry files: %s', (what, code) => {
    expect(breaches({ 'packages/delivery/src/queue.ts': code })).toEqual([
      `packages/delivery/src/queue.ts:1: ${what} outside an entry file: it cannot be bundled into one executable`,
    ]);
    expect(breaches({ 'packages/delivery/src/index.ts': code })).toEqual([]);
  });

  it('lets functions await', () => {
    const code = 'export const f = async () => { await 1; for await (const a of []) a; };';
    expect(breaches({ 'packages/delivery/src/queue.ts': code })).toEqual([]);
  });

  it('does not read the clock by way of `new Date()`', () => {
    expect(breaches({ 'packages/delivery/src/queue.ts': 'export const now = () => new Date();' })).toEqual([
      'packages/delivery/src/queue.ts:1: `new Date()` reads the clock: time comes from settings, `clock.now()`',
    ]);
    expect(breaches({ 'packages/delivery/src/queue.ts': 'export const epoch = new Date(0);' })).toEqual([]);
  });

  it('knows every package, by the name of its folder', () => {
    expect(breaches({ ...plumbing('sidecar'), 'packages/sidecar/src/index.ts': '' })).toEqual([
      'packages/sidecar/package.json:1: sidecar has no place in the table of scripts/check-layers.mjs',
    ]);
    expect(breaches(plumbing('delivery', { name: '@tributary/deliver' }))).toEqual([
      'packages/delivery/package.json:1: the package in packages/delivery is named @tributary/delivery, not @tributary/deliver',
    ]);
  });

  it('keeps pdata free of run-time dependencies', () => {
    expect(breaches(plumbing('pdata', { uses: ['protobufjs'] }))).toEqual([
      'packages/pdata/package.json:1: pdata has no run-time dependency',
    ]);
  });
});
