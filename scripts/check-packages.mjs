/**
 * Packs every package as a user would get it, and looks at the tarballs: publint, the types as an ESM
 * program resolves them (attw), and the list of files.
 *
 *     node scripts/check-packages.mjs
 *
 * prints one line per problem and exits 1 if there is any. Build first.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { readPackages, repositoryRoot } from './workspace.mjs';

const run = promisify(execFile);
const attw = path.join(repositoryRoot, 'node_modules', '.bin', 'attw');
const always = ['package.json', 'README.md', 'dist/index.js', 'dist/index.d.ts'];

/**
 * What is wrong with the list of files in a tarball.
 *
 * @param {readonly string[]} files
 * @param {string} directory Of the package: everything in `dist/` has a source there.
 * @returns {string[]}
 */
export function checkFiles(files, directory) {
  const problems = always.filter((file) => !files.includes(file)).map((file) => `${file} is missing`);
  for (const file of files) {
    if (/\.test(-d)?\.|\.tsbuildinfo$|(^|\/)(testdata|fixtures)\//.test(file) || /^(src|test)\//.test(file)) {
      problems.push(`${file} does not belong into the package`);
      continue;
    }
    const built = /^dist\/(?!command\/)(.+?)(\.d\.ts|\.js)(\.map)?$/.exec(file);
    if (built !== null && !existsSync(path.join(directory, 'src', `${built[1]}.ts`))) {
      problems.push(
        `${file} has no source any more: delete ${path.relative(repositoryRoot, directory)}/dist, build`,
      );
    } else if (
      built === null &&
      !always.includes(file) &&
      !/^(LICENSE|NOTICE|bin\/.+\.js|dist\/command\/[^/]+\.js)$/.test(file)
    ) {
      problems.push(`${file} was not expected in the package`);
    }
  }
  return problems;
}

/**
 * The problems of one packed package.
 *
 * @param {string} directory Of the package.
 * @param {string} scratch An empty folder for the tarball.
 * @returns {Promise<string[]>}
 */
export async function checkPackage(directory, scratch) {
  const packed = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', scratch], {
    cwd: directory,
  });
  /** @type {[{ filename: string, files: { path: string }[] }]} */
  const [{ filename, files }] = JSON.parse(packed.stdout);
  const tarball = path.join(scratch, filename);
  const bytes = readFileSync(tarball);
  const { messages, pkg } = await publint({
    pack: { tarball: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) },
  });
  return [
    ...checkFiles(
      files.map((file) => file.path),
      directory,
    ),
    ...messages.map((message) => `publint: ${formatMessage(message, pkg, { color: false })}`),
    ...(await checkTypes(tarball)),
  ];
}

/**
 * @param {string} tarball
 * @returns {Promise<string[]>}
 */
async function checkTypes(tarball) {
  try {
    await run(attw, [tarball, '--profile', 'esm-only', '--format', 'ascii', '--no-color', '--no-emoji']);
    return [];
  } catch (error) {
    const { stdout = '', stderr = '' } = /** @type {{ stdout?: string, stderr?: string }} */ (error);
    return [`attw: ${`${stdout}${stderr}`.trim() || String(error)}`];
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const scratch = mkdtempSync(path.join(tmpdir(), 'tributary-packages-'));
  try {
    // All take from one iterator.
    const packages = readPackages().values();
    const check = async () => {
      for (const { folder, directory } of packages) {
        for (const problem of await checkPackage(directory, scratch)) {
          console.error(`packages/${folder}: ${problem}`);
          process.exitCode = 1;
        }
      }
    };
    await Promise.all(Array.from({ length: availableParallelism() }, check));
  } finally {
    rmSync(scratch, { recursive: true });
  }
}
