/**
 * Writes what each package exports to `api/<package>.d.ts` (and what an entry point beside the first one does
 * to `api/<package>.<entry>.d.ts`), so that a change of the public face is a diff
 * that a reviewer sees.
 *
 *     node scripts/api.mjs           writes the files
 *     node scripts/api.mjs --check   compares, and exits 1 where they differ
 *
 * Reads the built declarations: build first. Each file lists the exported declarations in alphabetical
 * order, without comments, and below them what these refer to without exporting it.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import ts from 'typescript-6';
import { readPackages, repositoryRoot } from './workspace.mjs';

const printer = ts.createPrinter({ removeComments: true });

/**
 * @typedef {object} Entry An entry point of a package.
 * @property {string} file Its file in `api/`.
 * @property {string} name What programs import.
 * @property {string} declarations The built declarations.
 * @property {string} directory Of its package.
 */

/**
 * The entry points of packages: `exports` of each manifest.
 *
 * @param {readonly import('./workspace.mjs').WorkspacePackage[]} packages
 * @returns {Entry[]}
 */
const entriesOf = (packages) =>
  packages.flatMap(({ folder, directory, manifest }) =>
    Object.keys(manifest.exports ?? {}).map((key) => {
      const name = key === '.' ? 'index' : key.slice('./'.length);
      return {
        file: key === '.' ? `${folder}.d.ts` : `${folder}.${name}.d.ts`,
        name: path.posix.join(manifest.name, key),
        declarations: path.join(directory, 'dist', `${name}.d.ts`),
        directory,
      };
    }),
  );

/**
 * A program over the built declarations of packages, so that the library types are read once.
 *
 * @param {readonly Entry[]} entries
 */
function readDeclarations(entries) {
  const files = entries.map(({ declarations }) => declarations);
  const missing = files.filter((file) => !existsSync(file));
  if (missing.length > 0) throw new Error(`run \`npm run build\` first, there is no ${missing.join(', ')}`);
  return ts.createProgram(files, {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
    types: ['node'],
    noEmit: true,
  });
}

/**
 * The API text of an entry point, which the program has read.
 *
 * @param {ts.Program} program
 * @param {Entry} entry
 * @returns {Promise<string>}
 */
async function describeApi(program, { name, declarations, directory }) {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(declarations);
  const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
  const exported = module === undefined ? [] : checker.getExportsOfModule(module);

  /** @type {Map<string, Set<string>>} Names taken from other packages, by package. */
  const imports = new Map();
  /** @type {string[]} */
  const lines = [];
  /** @type {Map<ts.Symbol, string>} What stands under an exported name. */
  const names = new Map();
  /** @type {Set<ts.Symbol>} */
  const inner = new Set();

  for (const symbol of exported.toSorted(byName)) {
    const target = resolve(checker, symbol);
    const declaration = target.declarations?.[0];
    if (declaration === undefined)
      throw new Error(`${name}: ${symbol.name} has no declaration, is the build complete?`);
    if (isOwn(declaration)) names.set(target, symbol.name);
    else lines.push(`export { ${symbol.name} } from '${foreignModule(symbol)}';`);
  }
  for (const [target, publicName] of names) {
    lines.push(...print(target, true));
    if (publicName !== target.name) lines.push(`export { ${target.name} as ${publicName} };`);
  }
  // A set visits what is added while it is walked: what is reached may reach further.
  for (const symbol of inner) print(symbol, false);
  if (inner.size > 0) lines.push('', '// Not exported, but referred to above.');
  for (const symbol of [...inner].toSorted(byName)) lines.push(...print(symbol, false));

  const header = [...imports]
    .toSorted(([one], [other]) => compare(one, other))
    .map(([from, taken]) => `import { ${[...taken].toSorted(compare).join(', ')} } from '${from}';`);
  const text = [`// ${name}: what the package exports, written by scripts/api.mjs.`, ...header, '', ...lines];
  const options = await resolveConfig(path.join(repositoryRoot, 'api.d.ts'));
  return format(text.join('\n'), { ...options, parser: 'typescript' });

  /** @param {ts.Node} node */
  function isOwn(node) {
    return node.getSourceFile().fileName.startsWith(path.join(directory, 'dist'));
  }

  /**
   * The text of a symbol's declarations; notes what they refer to.
   *
   * @param {ts.Symbol} symbol
   * @param {boolean} isExported
   */
  function print(symbol, isExported) {
    return (symbol.declarations ?? []).map((declaration) => {
      const statement = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
      noteReferences(statement);
      const text = printer.printNode(ts.EmitHint.Unspecified, statement, statement.getSourceFile());
      const bare = text.replace(/^export (default )?/, '');
      return isExported ? `export ${bare}` : bare;
    });
  }

  /** @param {ts.Node} node */
  function noteReferences(node) {
    const local = ts.isIdentifier(node) ? checker.getSymbolAtLocation(node) : undefined;
    if (local !== undefined) noteReference(local);
    ts.forEachChild(node, noteReferences);
  }

  /** @param {ts.Symbol} local */
  function noteReference(local) {
    const target = resolve(checker, local);
    const declaration = target.declarations?.[0];
    if (declaration === undefined) return;
    if (isOwn(declaration)) {
      const statement = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
      if (ts.isSourceFile(statement.parent) && !names.has(target)) inner.add(target);
      return;
    }
    const from = moduleOf(local);
    if (from !== undefined) imports.set(from, (imports.get(from) ?? new Set()).add(local.name));
  }

  /** @param {ts.Symbol} symbol An export that another package declares. */
  function foreignModule(symbol) {
    const from = moduleOf(symbol);
    if (from === undefined) throw new Error(`${name}: ${symbol.name} comes from nowhere`);
    return from;
  }

  /**
   * The package that an imported or re-exported name comes from; undefined for globals.
   *
   * @param {ts.Symbol} symbol
   * @returns {string | undefined}
   */
  function moduleOf(symbol) {
    /** @type {ts.Node | undefined} */
    let node = symbol.declarations?.[0];
    while (node !== undefined && !ts.isImportDeclaration(node) && !ts.isExportDeclaration(node))
      node = node.parent;
    const specifier = node?.moduleSpecifier;
    if (specifier === undefined || !ts.isStringLiteral(specifier)) return undefined;
    if (!specifier.text.startsWith('.')) return specifier.text;
    const next = checker.getImmediateAliasedSymbol(symbol);
    return next === undefined ? undefined : moduleOf(next);
  }
}

/** @param {ts.TypeChecker} checker @param {ts.Symbol} symbol */
const resolve = (checker, symbol) =>
  symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
/** @param {string} one @param {string} other */
const compare = (one, other) => (one < other ? -1 : one > other ? 1 : 0);
/** @param {ts.Symbol} one @param {ts.Symbol} other */
const byName = (one, other) => compare(one.name, other.name);

/**
 * Writes or compares all API files; returns the names of those that differ.
 *
 * @param {{ check: boolean }} options
 */
async function run({ check }) {
  const folder = path.join(repositoryRoot, 'api');
  const entries = entriesOf(readPackages());
  const stale = existsSync(folder)
    ? readdirSync(folder).filter((file) => !entries.some((entry) => entry.file === file))
    : [];
  const differing = [...stale];
  const program = readDeclarations(entries);
  if (!check) {
    mkdirSync(folder, { recursive: true });
    for (const file of stale) rmSync(path.join(folder, file));
  }
  for (const entry of entries) {
    const file = path.join(folder, entry.file);
    const text = await describeApi(program, entry);
    const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
    if (before === text) continue;
    differing.push(entry.file);
    if (!check) writeFileSync(file, text);
  }
  return differing;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const check = process.argv.includes('--check');
  const differing = await run({ check });
  if (check && differing.length > 0) {
    console.error(`These API files do not match the code: ${differing.join(', ')}.`);
    console.error('Run `npm run api`, look at the difference, and commit it with the change.');
    process.exitCode = 1;
  } else if (!check)
    console.log(differing.length > 0 ? `Written: ${differing.join(', ')}` : 'Nothing changed.');
}
