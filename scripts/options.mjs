/**
 * Writes the table of options into the README of each component, from the doc comments of its config
 * interface, so that the editor and the README say the same.
 *
 *     node scripts/options.mjs           writes the tables
 *     node scripts/options.mjs --check   compares, and exits 1 where they differ
 *
 * The interface is the exported one of `src/config.ts` that no other of that file refers to. The table stands
 * between `<!-- options -->` and `<!-- /options -->`; a README without these lines has no table.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript-6';
import { readPackages, repositoryRoot } from './workspace.mjs';

const markers = /(<!-- options -->\n)[\s\S]*?(<!-- \/options -->)/;

/** @typedef {{ key: string, type: string, default: string, doc: string }} Option */

/**
 * The options of a config interface, nested ones with dotted keys.
 *
 * @param {ts.TypeChecker} checker
 * @param {ts.Type} type
 * @param {string} prefix
 * @returns {Option[]}
 */
function optionsOf(checker, type, prefix = '') {
  return checker.getPropertiesOfType(type).flatMap((property) => {
    const declaration = property.declarations?.[0];
    if (declaration === undefined || !ts.isPropertySignature(declaration)) return [];
    const key = `${prefix}${property.name}`;
    const text = ts
      .displayPartsToString(property.getDocumentationComment(checker))
      .replace(/\s+/g, ' ')
      .trim();
    const [, value] = /\bDefaults?:? (`[^`]*`|none\b|that of [^.]+)/i.exec(text) ?? [];
    const own = checker.getNonNullableType(checker.getTypeOfSymbol(property));
    const isRequired = (property.flags & ts.SymbolFlags.Optional) === 0;
    const section = sectionOf(checker, own);
    /** @type {Option} */
    const option = {
      key,
      type: section?.words ?? typeText(declaration),
      default: isRequired ? 'required' : (value ?? ''),
      doc: text,
    };
    if (section === undefined) return [option];
    return [option, ...optionsOf(checker, section.type, `${key}${section.suffix}.`)];
  });
}

/**
 * The keys below a key: those of a section, of a list of sections, or of the section among several forms.
 *
 * @param {ts.TypeChecker} checker
 * @param {ts.Type} type
 * @returns {{ type: ts.Type, words?: string, suffix: string } | undefined}
 */
function sectionOf(checker, type) {
  if (isConfigInterface(type)) return { type, words: 'section', suffix: '' };
  if (checker.isArrayType(type)) {
    const [element] = checker.getTypeArguments(/** @type {ts.TypeReference} */ (type));
    if (element === undefined || !isConfigInterface(element)) return undefined;
    return { type: element, words: 'list of sections', suffix: '[]' };
  }
  const form = type.isUnion() ? type.types.find(isConfigInterface) : undefined;
  return form && { type: form, words: 'section or map', suffix: '' };
}

/** @param {ts.Type} type */
function isConfigInterface(type) {
  const declaration = type.symbol?.declarations?.[0];
  return (
    declaration !== undefined &&
    ts.isInterfaceDeclaration(declaration) &&
    declaration.name.text.endsWith('Config')
  );
}

/** @param {ts.PropertySignature} declaration */
function typeText(declaration) {
  const text = declaration.type?.getText() ?? '';
  return text
    .replace(/\s+/g, ' ')
    .replace(/ \| undefined$/, '')
    .replace(/^\| /, '')
    .replace(/^Duration$/, 'duration')
    .replace(/^Readonly<Record<string, string>>$/, 'map of text')
    .replace(/^readonly (\w+)\[\]$/, 'list of $1');
}

/** @param {readonly Option[]} options */
function tableOf(options) {
  const cell = (/** @type {string} */ text) => text.replaceAll('|', '\\|');
  const rows = options.map(
    (option) =>
      `| \`${option.key}\` | ${cell(option.type)} | ${cell(option.default)} | ${cell(option.doc)} |`,
  );
  return ['| key | type | default | meaning |', '| --- | --- | --- | --- |', ...rows, ''].join('\n');
}

/**
 * The config interface of a package: of the exported ones in `src/config.ts`, the one that stands in no other.
 *
 * @param {ts.Program} program
 * @param {string} file
 */
function rootInterface(program, file) {
  const source = program.getSourceFile(file);
  const interfaces = (source?.statements ?? []).filter(
    (statement) => ts.isInterfaceDeclaration(statement) && statement.name.text.endsWith('Config'),
  );
  const text = source?.text ?? '';
  const roots = /** @type {ts.InterfaceDeclaration[]} */ (interfaces).filter(({ name }) => {
    const uses = text.match(new RegExp(`(?:: (?:readonly )?|extends .*\\b)${name.text}\\b`, 'g')) ?? [];
    return uses.length === 0;
  });
  if (roots.length !== 1) {
    throw new Error(`${file}: expected one config interface that no other refers to, found ${roots.length}`);
  }
  return /** @type {ts.InterfaceDeclaration} */ (roots[0]);
}

/**
 * READMEs whose table is not what the code says, with the text that they should have.
 *
 * @returns {{ file: string, text: string }[]}
 */
export function staleReadmes() {
  const packages = readPackages()
    .map(({ directory }) => ({
      readme: path.join(directory, 'README.md'),
      config: path.join(directory, 'src', 'config.ts'),
    }))
    .filter(({ readme }) => ts.sys.fileExists(readme) && markers.test(readFileSync(readme, 'utf8')));
  const program = ts.createProgram(
    packages.map(({ config }) => config),
    {
      module: ts.ModuleKind.NodeNext,
      target: ts.ScriptTarget.ES2022,
      strict: true,
      noEmit: true,
      types: ['node'],
      paths: { '@tributary/*': [path.join(repositoryRoot, 'packages/*/src/index.ts')] },
    },
  );
  const checker = program.getTypeChecker();
  return packages.flatMap(({ readme, config }) => {
    const before = readFileSync(readme, 'utf8');
    const type = checker.getTypeAtLocation(rootInterface(program, config));
    const text = before.replace(
      markers,
      (_, open, close) => open + tableOf(optionsOf(checker, type)) + close,
    );
    return text === before ? [] : [{ file: readme, text }];
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const stale = staleReadmes();
  const names = stale.map(({ file }) => path.relative(repositoryRoot, file)).join(', ');
  if (process.argv.includes('--check')) {
    if (stale.length > 0) {
      console.error(`The tables of options do not match the code: ${names}. Run \`npm run options\`.`);
      process.exitCode = 1;
    }
  } else {
    for (const { file, text } of stale) writeFileSync(file, text);
    console.log(stale.length > 0 ? `Written: ${names}` : 'Nothing changed.');
  }
}
