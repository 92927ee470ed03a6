/**
 * Writes what the doc comments of config interfaces say into the table of options in the README of each
 * package, and into the file that the JSON Schema takes its texts from, so that the editor, the README and
 * the schema say the same.
 *
 *     node scripts/options.mjs           writes
 *     node scripts/options.mjs --check   compares, and exits 1 where they differ
 *
 * The table stands between `<!-- options -->` and `<!-- /options -->`; a README without these lines has no table.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as prettier from 'prettier';
import { readOptions } from './config-options.mjs';
import { readPackages, repositoryRoot } from './workspace.mjs';

/** @typedef {import('./config-options.mjs').Option} Option */

const markers = /(<!-- options -->\n)[\s\S]*?(<!-- \/options -->)/;

/** @param {readonly Option[]} options */
function tableOf(options) {
  const cell = (/** @type {string} */ text) => text.replaceAll('|', '\\|');
  const rows = options.map((option) => {
    const value = option.isRequired ? 'required' : (option.default ?? '');
    return `| \`${option.key}\` | ${cell(option.type)} | ${cell(value)} | ${cell(option.doc)} |`;
  });
  return ['| key | type | default | meaning |', '| --- | --- | --- | --- |', ...rows, ''].join('\n');
}

/** @param {readonly Option[]} options */
function docsOf(options) {
  return Object.fromEntries(
    options.map(({ key, type, default: value, isRequired, doc, values }) => [
      key,
      {
        doc,
        type,
        ...(isRequired && { required: true }),
        ...(value !== undefined && { default: value.replaceAll('`', '') }),
        ...(values !== undefined && { values }),
      },
    ]),
  );
}

/**
 * The files that are not what the code says, with the text that they should have.
 *
 * @returns {Promise<{ file: string, text: string }[]>}
 */
async function staleFiles() {
  const subjects = readOptions(readPackages());
  const texts = subjects.flatMap(({ directory, options }) => {
    const file = path.join(directory, 'README.md');
    const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
    if (!markers.test(before)) return [];
    return [{ file, text: before.replace(markers, (_, open, close) => open + tableOf(options) + close) }];
  });
  const docs = path.join(repositoryRoot, 'packages/distribution/src/generated/key-docs.ts');
  const source = `// What the doc comments of config interfaces say, written by scripts/options.mjs.
import type { KeyDocs } from '@tributary/cli';

export const keyDocs: KeyDocs = ${JSON.stringify(Object.fromEntries(subjects.map(({ id, options }) => [id, docsOf(options)])))};
`;
  const style = await prettier.resolveConfig(docs);
  texts.push({ file: docs, text: await prettier.format(source, { ...style, parser: 'typescript' }) });
  return texts.filter(({ file, text }) => !existsSync(file) || readFileSync(file, 'utf8') !== text);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const stale = await staleFiles();
  const names = stale.map(({ file }) => path.relative(repositoryRoot, file)).join(', ');
  if (process.argv.includes('--check')) {
    if (stale.length > 0) {
      console.error(`What is said of options does not match the code: ${names}. Run \`npm run options\`.`);
      process.exitCode = 1;
    }
  } else {
    for (const { file, text } of stale) writeFileSync(file, text);
    console.log(stale.length > 0 ? `Written: ${names}` : 'Nothing changed.');
  }
}
