/** Reads what a user can write, and what is said about it, from the config interfaces of packages. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript-6';
import { filesBelow, repositoryRoot } from './workspace.mjs';

/**
 * @typedef {object} Option
 * @property {string} key Nested ones with dots; `[]` stands behind a list of sections.
 * @property {string} type In words, or the values.
 * @property {string | undefined} default As the doc comment says it; `undefined` where it does not.
 * @property {boolean} isRequired
 * @property {string} doc
 * @property {readonly string[] | undefined} values All that are allowed, where they can be counted.
 */
/**
 * @typedef {object} Subject
 * @property {string} id `service/telemetry`, or kind and type of the component: `exporter/otlp_grpc`.
 * @property {string} directory
 * @property {readonly Option[]} options
 */

/**
 * The options of the components among `packages`, and those of `service.telemetry`, by id.
 *
 * The interface is the exported one of `src/config.ts` that no other of that file refers to; a component
 * without one has no options.
 *
 * @param {readonly import('./workspace.mjs').WorkspacePackage[]} packages
 * @returns {Subject[]}
 */
export function readOptions(packages) {
  const subjects = packages
    .flatMap(({ folder, directory }) => {
      const id = folder === 'collector' ? 'service/telemetry' : componentId(folder, directory);
      return id === undefined ? [] : [{ id, directory, config: path.join(directory, 'src', 'config.ts') }];
    })
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const program = ts.createProgram(
    subjects.map(({ config }) => config).filter((config) => ts.sys.fileExists(config)),
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
  return subjects.map(({ id, directory, config }) => {
    const root = rootInterface(program, config);
    return {
      id,
      directory,
      options: root === undefined ? [] : optionsOf(checker, checker.getTypeAtLocation(root)),
    };
  });
}

/**
 * Kind and type of the component that a package defines; `undefined` where it is not one of components.
 *
 * @param {string} folder
 * @param {string} directory
 * @returns {string | undefined}
 */
function componentId(folder, directory) {
  if (!/^(receiver|processor|exporter|connector|extension)-/.test(folder)) return undefined;
  const found = filesBelow(path.join(directory, 'src'), '.ts')
    .filter((file) => !file.endsWith('.test.ts'))
    .flatMap((file) => [
      ...readFileSync(file, 'utf8').matchAll(
        /\bdefine(Receiver|Processor|Exporter|Connector|Extension)\(\{\s*type: '(\w+)'/g,
      ),
    ]);
  const [, kind, type] = found[0] ?? [];
  if (found.length !== 1 || kind === undefined) {
    throw new Error(`packages/${folder}: expected one component with its type first, found ${found.length}`);
  }
  return `${kind.toLowerCase()}/${type}`;
}

/**
 * Of the interfaces in `file`, the one that stands in no other; `undefined` where there is none.
 *
 * @param {ts.Program} program
 * @param {string} file
 */
function rootInterface(program, file) {
  const source = program.getSourceFile(file);
  const interfaces = (source?.statements ?? []).filter(
    (statement) => ts.isInterfaceDeclaration(statement) && statement.name.text.endsWith('Config'),
  );
  if (interfaces.length === 0) return undefined;
  const text = source?.text ?? '';
  const roots = /** @type {ts.InterfaceDeclaration[]} */ (interfaces).filter(({ name }) => {
    const uses = text.match(new RegExp(`(?:: (?:readonly )?|extends .*\\b)${name.text}\\b`, 'g')) ?? [];
    return uses.length === 0;
  });
  if (roots.length !== 1) {
    throw new Error(`${file}: expected one config interface that no other refers to, found ${roots.length}`);
  }
  return roots[0];
}

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
    const doc = ts
      .displayPartsToString(property.getDocumentationComment(checker))
      .replace(/\s+/g, ' ')
      .trim();
    const own = checker.getNonNullableType(checker.getTypeOfSymbol(property));
    const section = sectionOf(checker, own);
    const values = section === undefined ? valuesOf(checker, declaration, own) : undefined;
    /** @type {Option} */
    const option = {
      key,
      type: section?.words ?? wordsOf(checker, declaration, own, values),
      default: /\bDefaults?:? (`[^`]*`|none\b|that of [^.]+)/i.exec(doc)?.[1],
      isRequired: (property.flags & ts.SymbolFlags.Optional) === 0,
      doc,
      values,
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
 * @returns {{ type: ts.Type, words: string, suffix: string } | undefined}
 */
function sectionOf(checker, type) {
  if (isConfigInterface(type)) return { type, words: 'section', suffix: '' };
  const element = elementOf(checker, type);
  if (element !== undefined) {
    return isConfigInterface(element)
      ? { type: element, words: 'list of sections', suffix: '[]' }
      : undefined;
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

/**
 * What a list holds; `undefined` where `type` is no list.
 *
 * @param {ts.TypeChecker} checker
 * @param {ts.Type} type
 * @returns {ts.Type | undefined}
 */
function elementOf(checker, type) {
  if (!checker.isArrayType(type)) return undefined;
  return checker.getTypeArguments(/** @type {ts.TypeReference} */ (type))[0];
}

/**
 * The texts that a value, or each of a list, can be, where these are all.
 *
 * @param {ts.TypeChecker} checker
 * @param {ts.PropertySignature} declaration
 * @param {ts.Type} type
 * @returns {readonly string[] | undefined}
 */
function valuesOf(checker, declaration, type) {
  const one = elementOf(checker, type) ?? type;
  if (!one.isUnion() || !one.types.every((member) => member.isStringLiteral())) return undefined;
  const values = one.types.map((member) => member.value);
  // The compiler's own order is that in which it met them: one of the source stays.
  const source = one.aliasSymbol?.declarations?.[0]?.getText() ?? declaration.getText();
  const placeOf = (/** @type {string} */ value) => source.indexOf(`'${value}'`);
  return values.toSorted((a, b) => placeOf(a) - placeOf(b));
}

/**
 * A type for people who know YAML, not TypeScript.
 *
 * @param {ts.TypeChecker} checker
 * @param {ts.PropertySignature} declaration
 * @param {ts.Type} type
 * @param {readonly string[] | undefined} values
 */
function wordsOf(checker, declaration, type, values) {
  const text = (declaration.type?.getText() ?? '')
    .replace(/\s+/g, ' ')
    .replace(/( \| (undefined|null))+$/, '')
    .replace(/^\| /, '');
  const list = elementOf(checker, type) === undefined ? '' : 'list of ';
  if (values !== undefined) return list + values.map((value) => `'${value}'`).join(' | ');
  return (
    known.get(text) ??
    text
      .replace(/^readonly (\w+)\[\]$/, 'list of $1')
      .replace(/^ExtensionRef<.*>$/, 'extension')
      .replace(/^ResourceAttributes<.*>$/, 'map of attributes to `enabled`')
      .replace(/^(Metric|Attribute)Switches(<.*>)?$/, (_, of) => `map of ${of.toLowerCase()} and switch`)
  );
}

/** What the types of config interfaces are called in YAML. @type {ReadonlyMap<string, string>} */
const known = new Map([
  ['Duration', 'duration'],
  ['HeadersConfig', 'map of text, or list of name and value'],
  ['Readonly<Record<string, string>>', 'map of text'],
  ['Readonly<Record<string, unknown>>', 'map'],
  ['Readonly<Record<string, never>>', 'empty section'],
  ['TelemetryAttributeValue', 'string | boolean | number | list of one of these'],
]);
