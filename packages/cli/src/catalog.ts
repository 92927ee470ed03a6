import { definitionOf, type ComponentDefinition, type ComponentKind } from '@tributary/component';
import type { ComponentEntry } from '@tributary/config';

/** The kinds in the order in which a configuration has their sections, and what those are called. */
export const sections: readonly (readonly [kind: ComponentKind, section: string])[] = [
  ['receiver', 'receivers'],
  ['processor', 'processors'],
  ['exporter', 'exporters'],
  ['connector', 'connectors'],
  ['extension', 'extensions'],
];

/** The definitions of all components of a program, imported where they were not yet, by type. */
export async function definitionsOf(entries: readonly ComponentEntry[]): Promise<ComponentDefinition[]> {
  const definitions = await Promise.all(entries.map(definitionBehind));
  return definitions.sort((a, b) => (a.type < b.type ? -1 : 1));
}

/** The definition of a component, which is imported where it was not yet. */
export async function definitionBehind(entry: ComponentEntry): Promise<ComponentDefinition> {
  return definitionOf('load' in entry ? await entry.load() : entry);
}
