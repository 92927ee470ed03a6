import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const packages = new URL('./packages/', import.meta.url);

/** Tests run on the sources: `@tributary/x` is `packages/x/src/index.ts`, no build in between. */
const alias = Object.fromEntries(
  readdirSync(packages).map((name) => [
    `@tributary/${name}`,
    fileURLToPath(new URL(`./${name}/src/index.ts`, packages)),
  ]),
);

export default defineConfig({
  resolve: { alias },
  test: {
    include: ['packages/*/{src,test}/**/*.test.ts', 'test/**/*.test.ts', 'examples/src/**/*.test.ts'],
    testTimeout: 20_000,
    typecheck: { enabled: false },
  },
});
