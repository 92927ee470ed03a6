/**
 * The layer rule: which package may import which, and how.
 *
 *     node scripts/check-layers.mjs
 *
 * prints one line per breach, `file:line: what is wrong`, and exits 1 if there is any.
 */
import { existsSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript-6';
import { filesBelow, readPackages, repositoryRoot } from './workspace.mjs';

const ground = ['component', 'pdata'];
const kits = ['delivery', 'expr', 'kubernetes', 'otlp', 'patterns', 'prometheus', 'stanza', 'transport'];
const engine = ['collector', 'config'];

/**
 * What stands in the same layer or is special, by folder; `kinds` below holds the components.
 *
 * @type {Readonly<Record<string, readonly string[]>>}
 */
const mayImport = {
  pdata: [],
  component: ['pdata'],
  delivery: ground,
  transport: ground,
  otlp: [...ground, 'transport'],
  patterns: [],
  expr: [...ground, 'patterns'],
  stanza: [...ground, 'expr', 'patterns'],
  prometheus: ground,
  kubernetes: [...ground, 'transport'],
  collector: [...ground, ...kits],
  config: [...ground, ...kits, 'collector'],
  cli: [...ground, ...kits, ...engine],
  testkit: [...ground, ...kits, ...engine],
  distribution: [...ground, ...kits, ...engine, 'cli'],
};
const componentKinds = ['receiver-', 'processor-', 'exporter-', 'connector-', 'extension-'];

/** Packages that stand behind an interface of ours, and the one folder that may know them. */
const reserved = new Map([
  ['@grpc/grpc-js', 'transport'],
  ['undici', 'transport'],
  ['p-queue', 'delivery'],
  ['re2js', 'patterns'],
]);

/** @param {string} folder */
const isComponent = (folder) => componentKinds.some((kind) => folder.startsWith(kind));

/**
 * The folders that `folder` may import from, or undefined if the table does not know it.
 *
 * @param {string} folder
 * @returns {((target: string) => boolean) | undefined}
 */
function rule(folder) {
  if (isComponent(folder)) return (target) => ground.includes(target) || kits.includes(target);
  const allowed = mayImport[folder];
  if (allowed === undefined) return undefined;
  return (target) => allowed.includes(target) || (folder === 'distribution' && isComponent(target));
}

/**
 * Tests of a component may use the engine and the test kit. Lower packages may not, not even in their
 * tests: a circle of devDependencies stops the task graph. Such tests stand in `test/` of the root.
 *
 * @param {string} folder
 * @param {string} target
 */
const mayTestWith = (folder, target) =>
  (isComponent(folder) || folder === 'cli') && (target === 'testkit' || engine.includes(target));

/** @typedef {import('./workspace.mjs').WorkspacePackage} WorkspacePackage */

/**
 * @typedef {object} Reach What one file reaches for.
 * @property {{ specifier: string, line: number }[]} imports
 * @property {{ what: string, line: number }[]} entryOnly Top-level await and import.meta.
 * @property {number[]} clockReads Lines with `new Date()`.
 */

/**
 * @param {string} file
 * @returns {Reach}
 */
function read(file) {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2022, true);
  /** @type {Reach} */
  const reach = { imports: [], entryOnly: [], clockReads: [] };
  /** @param {ts.Node} node */
  const lineOf = (node) => source.getLineAndCharacterOfPosition(node.getStart()).line + 1;

  /** @param {ts.Node | undefined} specifier */
  function addImport(specifier) {
    if (specifier !== undefined && ts.isStringLiteral(specifier)) {
      reach.imports.push({ specifier: specifier.text, line: lineOf(specifier) });
    }
  }

  /**
   * @param {ts.Node} node
   * @param {boolean} inFunction
   */
  function visit(node, inFunction) {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) addImport(node.moduleSpecifier);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      addImport(node.argument.literal);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      addImport(node.arguments[0]);
    } else if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword) {
      reach.entryOnly.push({ what: 'import.meta', line: lineOf(node) });
    } else if (!inFunction && isAwait(node)) {
      reach.entryOnly.push({ what: 'top-level await', line: lineOf(node) });
    } else if (
      ts.isNewExpression(node) &&
      node.expression.getText() === 'Date' &&
      (node.arguments?.length ?? 0) === 0
    ) {
      reach.clockReads.push(lineOf(node));
    }
    const inside = inFunction || ts.isFunctionLike(node);
    ts.forEachChild(node, (child) => visit(child, inside));
  }
  visit(source, false);
  return reach;
}

/** @param {ts.Node} node */
function isAwait(node) {
  if (ts.isAwaitExpression(node)) return true;
  if (ts.isForOfStatement(node)) return node.awaitModifier !== undefined;
  // `await using` shares its bits with `let` and `const`: all of them must be set.
  return (
    ts.isVariableDeclarationList(node) && (node.flags & ts.NodeFlags.AwaitUsing) === ts.NodeFlags.AwaitUsing
  );
}

/**
 * The name of the package in an import specifier: `@a/b/c` is of `@a/b`.
 *
 * @param {string} specifier
 */
const packageName = (specifier) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

/**
 * The breaches of the layer rule below `root`, as `file:line: message`.
 *
 * @param {string} [root]
 * @returns {string[]}
 */
export function checkLayers(root = repositoryRoot) {
  /** @type {string[]} */
  const breaches = [];
  const packages = readPackages(root);
  for (const subject of packages) {
    /** @type {Report} */
    const report = (file, line, message) =>
      breaches.push(`${path.relative(root, file).split(path.sep).join('/')}:${line}: ${message}`);
    checkPackage({ subject, packages, rootTests: path.join(root, 'test'), report });
  }
  return breaches;
}

/**
 * @typedef {(file: string, line: number, message: string) => void} Report
 */
/**
 * @typedef {object} Inspection
 * @property {WorkspacePackage} subject The package that is looked at.
 * @property {readonly WorkspacePackage[]} packages All of them.
 * @property {string} rootTests
 * @property {Report} report
 */

/** @param {Inspection} inspection */
function checkPackage(inspection) {
  const { subject, report } = inspection;
  const { folder, directory, manifest } = subject;
  const manifestFile = path.join(directory, 'package.json');
  if (manifest.name !== `@tributary/${folder}`) {
    report(
      manifestFile,
      1,
      `the package in packages/${folder} is named @tributary/${folder}, not ${manifest.name}`,
    );
  }
  if (folder === 'pdata' && Object.keys(manifest.dependencies ?? {}).length > 0) {
    report(manifestFile, 1, 'pdata has no run-time dependency');
  }
  const allows = rule(folder);
  if (allows === undefined) {
    return report(manifestFile, 1, `${folder} has no place in the table of scripts/check-layers.mjs`);
  }

  const entries = [...Object.values(manifest.exports ?? {}), ...Object.values(manifest.bin ?? {})].flatMap(
    sourceOf,
  );
  const sourceRoot = path.join(directory, 'src');
  const files = [...filesBelow(sourceRoot, '.ts'), ...filesBelow(path.join(directory, 'test'), '.ts')];
  /** @type {Set<string>} */
  const used = new Set();
  for (const file of files) {
    const isTest = !file.startsWith(sourceRoot + path.sep) || /\.test(-d)?\.ts$/.test(file);
    const isEntry = entries.includes(path.relative(directory, file).split(path.sep).join('/'));
    const reach = read(file);
    if (!isTest) {
      for (const { what, line } of isEntry ? [] : reach.entryOnly) {
        report(file, line, `${what} outside an entry file: it cannot be bundled into one executable`);
      }
      for (const line of reach.clockReads) {
        report(file, line, '`new Date()` reads the clock: time comes from settings, `clock.now()`');
      }
    }
    for (const { specifier, line } of reach.imports) {
      const message = specifier.startsWith('.')
        ? relativeBreach(inspection, file, specifier, isTest)
        : packageBreach(inspection, specifier, isTest, allows);
      if (message !== undefined) report(file, line, message);
      const target = workspaceTarget(inspection, specifier);
      if (!isTest && target !== undefined && target !== subject) used.add(target.folder);
    }
  }
  checkReferences(directory, used, report);
}

/**
 * @param {Inspection} inspection
 * @param {string} file
 * @param {string} specifier
 * @param {boolean} isTest
 */
function relativeBreach({ subject, rootTests }, file, specifier, isTest) {
  const target = path.resolve(path.dirname(file), specifier);
  const homes = isTest ? [subject.directory, rootTests] : [path.join(subject.directory, 'src')];
  if (homes.some((home) => target.startsWith(home + path.sep))) return undefined;
  return `'${specifier}' leaves ${isTest ? 'its package' : 'src/'}: packages meet at their entry points`;
}

/**
 * @param {Inspection} inspection
 * @param {string} specifier
 * @param {boolean} isTest
 * @param {(folder: string) => boolean} allows
 */
function packageBreach(inspection, specifier, isTest, allows) {
  if (isBuiltin(specifier)) return undefined;
  const { folder, manifest } = inspection.subject;
  const name = packageName(specifier);
  const target = workspaceTarget(inspection, specifier);
  if (target === undefined && name.startsWith('@tributary/')) return `there is no package ${name}`;
  if (target !== undefined) {
    if (!Object.hasOwn(target.manifest.exports ?? {}, `.${specifier.slice(name.length)}`)) {
      return `'${specifier}' is not an entry point of ${name}`;
    }
    if (target === inspection.subject) return isTest ? undefined : `${folder} imports itself by name`;
    if (!allows(target.folder) && !(isTest && mayTestWith(folder, target.folder))) {
      return `${folder} may not import ${target.folder}${isTest ? ', not even in a test' : ''}`;
    }
  }
  if (isTest) return undefined; // What tests may import from outside is knip's matter.
  const keeper = reserved.get(name);
  if (keeper !== undefined && keeper !== folder) return `only ${keeper} may import ${name}`;
  if ({ ...manifest.dependencies, ...manifest.peerDependencies }[name] === undefined) {
    return `${name} is neither in dependencies nor in peerDependencies of packages/${folder}/package.json`;
  }
  return undefined;
}

/**
 * The package of this repository that a specifier names, if any.
 *
 * @param {Inspection} inspection
 * @param {string} specifier
 */
function workspaceTarget({ packages }, specifier) {
  const name = packageName(specifier);
  return packages.find(({ manifest }) => manifest.name === name);
}

/**
 * Project references are the imports, no more and no less: more would order the build by accident.
 *
 * @param {string} directory
 * @param {ReadonlySet<string>} used
 * @param {Report} report
 */
function checkReferences(directory, used, report) {
  const file = path.join(directory, 'tsconfig.json');
  if (!existsSync(file)) return report(file, 1, 'missing');
  const text = readFileSync(file, 'utf8');
  /** @type {{ references?: { path: string }[] }} */
  const { references = [] } = ts.parseConfigFileTextToJson(file, text).config;
  const named = references.map(({ path: reference }) => path.basename(reference));
  /** @param {string} needle */
  const lineOf = (needle) => text.slice(0, Math.max(0, text.indexOf(needle))).split('\n').length;
  for (const folder of named) {
    if (!used.has(folder))
      report(file, lineOf(`/${folder}"`), `references ${folder}, which no source file imports`);
  }
  for (const folder of [...used].toSorted()) {
    if (!named.includes(folder))
      report(file, lineOf('"references"'), `does not reference ${folder}, which src/ imports`);
  }
}

/**
 * The source file behind an `exports` or `bin` target: `./dist/index.js` is built from `src/index.ts`.
 *
 * @param {unknown} target
 * @returns {string[]}
 */
function sourceOf(target) {
  if (typeof target === 'object' && target !== null) return Object.values(target).flatMap(sourceOf);
  const match = typeof target === 'string' ? /^(?:\.\/)?dist\/(.+?)\.js$/.exec(target) : null;
  return match === null ? [] : [`src/${match[1]}.ts`];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const breaches = checkLayers();
  for (const line of breaches) console.error(line);
  if (breaches.length > 0) {
    console.error(`\n${breaches.length} breach(es) of the layer rule: see "Layers" in CONTRIBUTING.md.`);
    process.exitCode = 1;
  }
}
