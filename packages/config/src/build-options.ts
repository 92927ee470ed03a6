import type { CollectorOptions } from '@tributary/collector';
import type { ComponentEntry } from './components.js';
import type { Diagnostic } from './diagnostic.js';
import { kinds, loadInstances, type Instance } from './instances.js';
import { keyDiagnostic, knownHint, nearestHint } from './problem.js';
import { buildService } from './service.js';
import type { MapNode } from './tree.js';

/** What a configuration is built with. */
export interface BuildSettings {
  /** What it may name. */
  readonly components: readonly ComponentEntry[];
}

/** The options that code would have written; undefined where anything is wrong. */
export interface BuiltOptions {
  readonly options: CollectorOptions | undefined;
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
  if (root === undefined) return { options: undefined, diagnostics };
  if (!sections.some((section) => root.entries.has(section))) {
    diagnostics.push({
      code: 'empty-configuration',
      severity: 'error',
      path: [],
      message: 'empty configuration: it has none of the sections',
      hint: `a configuration has ${sections.join(', ')}`,
      place: root.place,
    });
  }
  for (const [name, { key, node }] of root.entries) {
    if (sections.includes(name)) continue;
    const found = keyDiagnostic(key, node, 'unknown-key', [name], 'unknown key');
    diagnostics.push({ ...found, hint: nearestHint(name, sections) ?? knownHint(sections) });
  }

  const instances = await loadInstances(root, components, diagnostics);
  const options = diagnostics.some(({ code }) => code === 'empty-configuration')
    ? undefined
    : buildService(root, instances, diagnostics);
  for (const kind of kinds) {
    for (const instance of instances[kind].values()) warnOfUnused(instance, diagnostics);
  }
  const isWrong = diagnostics.some(({ severity }) => severity === 'error');
  return { options: isWrong ? undefined : options, diagnostics };
}

function warnOfUnused({ kind, id, entry, path, isUsed }: Instance, diagnostics: Diagnostic[]): void {
  if (isUsed) return;
  const [message, hint] =
    kind === 'extension'
      ? ['is configured and never starts', `list ${id.text} in service.extensions, or remove it`]
      : ['is configured and in no pipeline', `list ${id.text} in a pipeline, or remove it`];
  const found = keyDiagnostic(entry.key, entry.node, 'unused-component', path, message);
  diagnostics.push({ ...found, severity: 'warning', hint });
}
