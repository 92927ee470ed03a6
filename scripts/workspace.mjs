import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of this repository. */
export const repositoryRoot = fileURLToPath(new URL('..', import.meta.url));

/**
 * @typedef {object} Manifest The fields of package.json that the scripts read.
 * @property {string} name
 * @property {Record<string, unknown>} [exports]
 * @property {Record<string, string>} [bin]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [peerDependencies]
 * @property {Record<string, string>} [devDependencies]
 */
/**
 * @typedef {object} WorkspacePackage
 * @property {string} folder Name of the folder under `packages/`.
 * @property {string} directory Absolute path.
 * @property {Manifest} manifest
 */

/**
 * The packages under `packages/`, by folder name.
 *
 * @param {string} [root]
 * @returns {WorkspacePackage[]}
 */
export function readPackages(root = repositoryRoot) {
  const packages = path.join(root, 'packages');
  return readdirSync(packages)
    .toSorted()
    .map((folder) => ({ folder, directory: path.join(packages, folder) }))
    .filter(({ directory }) => existsSync(path.join(directory, 'package.json')))
    .map(({ folder, directory }) => ({
      folder,
      directory,
      manifest: JSON.parse(readFileSync(path.join(directory, 'package.json'), 'utf8')),
    }));
}

/**
 * Absolute paths of the files below `directory` whose name ends as given, in order; none if there is no
 * such directory.
 *
 * @param {string} directory
 * @param {string} ending
 * @returns {string[]}
 */
export function filesBelow(directory, ending) {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending) && !file.split(path.sep).includes('node_modules'))
    .toSorted()
    .map((file) => path.join(directory, file));
}
