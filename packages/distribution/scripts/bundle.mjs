/**
 * Bundles the command `tributary` with all that it uses into `dist/command`, a file for each part that is loaded
 * by itself: as 700 modules it took half as long again to start (`bench/src/boot.ts`).
 *
 *     node packages/distribution/scripts/bundle.mjs
 *
 * after `tsc -b`; `npm run build` does both. Tests call {@link setup}, so that they never run an old one.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const entry = path.join(dist, 'main.js');
const folder = path.join(dist, 'command');

/** The files of the bundle by name, as far as they do not stand there already; the entry is written last. */
async function bundle() {
  const { outputFiles } = await build({
    entryPoints: [entry],
    // The comments that tell where a line comes from start here.
    absWorkingDir: fileURLToPath(new URL('../../../', import.meta.url)),
    outdir: folder,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    // Of packages with two forms the one of ES modules, of which what is not used is left out.
    mainFields: ['module', 'main'],
    // Libraries in CommonJS call `require` for what Node has built in.
    banner: {
      js: `import { createRequire as createRequireOfNode } from 'node:module'; const require = createRequireOfNode(import.meta.url);`,
    },
    logLevel: 'warning',
    write: false,
  });
  mkdirSync(folder, { recursive: true });
  const isEntry = ({ path: file }) => path.basename(file) === 'main.js';
  for (const output of outputFiles.toSorted((a, b) => Number(isEntry(a)) - Number(isEntry(b)))) {
    if (existsSync(output.path) && readFileSync(output.path, 'utf8') === output.text) continue;
    writeFileSync(`${output.path}.${process.pid}`, output.contents);
    renameSync(`${output.path}.${process.pid}`, output.path);
  }
  const names = new Set(outputFiles.map((output) => path.basename(output.path)));
  for (const name of readdirSync(folder))
    if (name.endsWith('.js') && !names.has(name)) rmSync(path.join(folder, name), { force: true });
}

/** Before the tests: brings the bundle up to date with what has been built, if anything has. */
export async function setup() {
  if (existsSync(entry)) await bundle();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundle();
