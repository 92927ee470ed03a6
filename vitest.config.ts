import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig, type ViteUserConfig } from 'vitest/config';

const packages = new URL('./packages/', import.meta.url);

/** Tests run on the sources: `@tributary/x` is `packages/x/src/index.ts`, no build in between. */
const alias = {
  // Before their packages, whose aliases are taken for what begins like them, too.
  '@tributary/pdata/bytes': fileURLToPath(new URL('./pdata/src/bytes.ts', packages)),
  '@tributary/testkit/vitest': fileURLToPath(new URL('./testkit/src/vitest.ts', packages)),
  ...Object.fromEntries(
    readdirSync(packages).map((name) => [
      `@tributary/${name}`,
      fileURLToPath(new URL(`./${name}/src/index.ts`, packages)),
    ]),
  ),
};

/** One seed for all property tests of a run, so that one number repeats it. */
const seed = process.env['TRIBUTARY_SEED'] ?? String(Math.floor(Math.random() * 2 ** 31));
const runs = process.env['TRIBUTARY_RUNS'] ?? '500';
console.log(`Properties: ${runs} runs each, seed ${seed} (TRIBUTARY_SEED=${seed} repeats it)`);

const config: ViteUserConfig = defineConfig({
  resolve: { alias },
  test: {
    include: ['packages/*/{src,test}/**/*.test.ts', 'test/**/*.test.ts', 'examples/src/**/*.test.ts'],
    exclude: [...configDefaults.exclude, 'test/proofs/**'],
    // The command runs from a bundle of what has been built.
    globalSetup: ['packages/distribution/scripts/bundle.mjs'],
    env: { TRIBUTARY_SEED: seed, TRIBUTARY_RUNS: runs },
    // Of few cores Vitest would leave one alone.
    maxWorkers: '100%',
    // The sources are loaded once a worker, not once a file: a third of the time. A test leaves nothing behind.
    isolate: false,
    testTimeout: 60_000,
  },
});
export default config;
