import type { CollectorOptions } from '@tributary/collector';
import { ComponentTable, type ComponentEntry } from './components.js';
import type { Diagnostic } from './diagnostic.js';
import { kinds, loadInstances, type Configured } from './instances.js';
import { keyDiagnostic } from './problem.js';
import { buildService, serviceKeys } from './service.js';
import { hintOf, meantBy } from './suggest.js';
import type { MapNode } from './tree.js';

/** What a configuration is built with. */
export interface BuildSettings {
  /** What it may name. */
  readonly components: readonly ComponentEntry[];
}

/** The options that code would have written; undefined where anything is wrong. */
export interface BuiltOptions {
  readonly options: CollectorOptions | undefined;
  /**
   * What was written for each component, and for `service.telemetry`, as code would write it, by the keys that
   * lead there: `exporters.otlp`. Of what is wrong there is nothing.
   */
  readonly parts: ReadonlyMap<string, unknown>;
  /** All that is wrong, and what may not be meant. */
  readonly diagnostics: readonly Diagnostic[];
}

const sections: readonly string[] = [...kinds.map((kind) => `${kind}s`), 'service'];

/** Makes the options that code would write out of a configuration; nothing is started. */
export async function buildOptions(
  root: MapNode | undefined,
  { components }: BuildSettings,
): Promise<BuiltOptions> {
  const diagnostics: Diagnostic[] = [];
  // It could not be read, which has been told.
  if (root === undefined) return { options: undefined, parts: new Map(), diagnostics };
  const isEmpty = root.entries.size === 0;
  if (isEmpty) {
    diagnostics.push({
      code: 'empty-configuration',
      severity: 'error',
      path: [],
      message: 'empty configuration: it has none of the sections',
      hint: `a configuration has ${sections.join(', ')}`,
      place: root.place,
    });
  }
  const table = new ComponentTable(components);
  const misspelt = unknownSections(root, table, diagnostics);
  const configured = await loadInstances(root, table, misspelt, diagnostics);
  const options =
    isEmpty || misspelt.has('service') ? undefined : buildService(root, configured, misspelt, diagnostics);
  // What nothing names may be meant where a name is wrong.
  const isReadable = diagnostics.every(
    ({ severity, path, code }) =>
      severity === 'warning' || (path.length > 1 && path[0] !== 'service' && code !== 'undefined-extension'),
  );
  if (isReadable) warnOfUnused(configured, diagnostics);
  const isWrong = diagnostics.some(({ severity }) => severity === 'error');
  return { options: isWrong ? undefined : options, parts: partsOf(configured, options), diagnostics };
}

function partsOf({ instances }: Configured, options: CollectorOptions | undefined): Map<string, unknown> {
  const written = kinds
    .flatMap((kind) => [...instances[kind].values()])
    .filter(({ reference }) => reference !== undefined);
  return new Map<string, unknown>([
    ...written.map(({ path, config }) => [path.join('.'), config] as const),
    ...(options?.telemetry === undefined ? [] : [['service.telemetry', options.telemetry] as const]),
  ]);
}

/** Tells of sections that do not exist; returns those that were meant. */
function unknownSections(root: MapNode, table: ComponentTable, diagnostics: Diagnostic[]): Set<string> {
  const misspelt = new Set<string>();
  for (const [name, { key, node }] of root.entries) {
    if (sections.includes(name)) continue;
    const meant = meantBy(name, sections);
    const isOfService = meant === undefined && serviceKeys.includes(name);
    if (meant !== undefined || isOfService) misspelt.add(meant ?? name);
    const type = name.split('/', 1)[0]!;
    const homes = isOfService ? ['service'] : table.kindsOf(type).map((kind) => `${kind}s`);
    const hint =
      meant === undefined && homes.length > 0 ? `move it into ${homes.join(' or ')}` : hintOf(name, sections);
    diagnostics.push({ ...keyDiagnostic(key, node, 'unknown-key', [name], 'unknown key'), hint });
  }
  return misspelt;
}

function warnOfUnused({ instances }: Configured, diagnostics: Diagnostic[]): void {
  for (const { kind, id, entry, path, isUsed, definition } of kinds.flatMap((each) => [
    ...instances[each].values(),
  ])) {
    // What does not exist has been told.
    if (isUsed || definition === undefined) continue;
    const [message, list] =
      kind === 'extension'
        ? ['is configured and never starts', 'service.extensions']
        : ['is configured and in no pipeline', 'a pipeline'];
    const found = keyDiagnostic(entry.key, entry.node, 'unused-component', path, message);
    diagnostics.push({ ...found, severity: 'warning', hint: `list ${id.text} in ${list}, or remove it` });
  }
}
