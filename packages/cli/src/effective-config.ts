import { telemetrySchema } from '@tributary/collector';
import { definitionOf, type ComponentDefinition } from '@tributary/component';
import type { ComponentEntry, InspectedConfig, MapNode } from '@tributary/config';
import { definitionBehind, sections } from './catalog.js';
import { withSchemaDefaults } from './effective.js';
import { plainMap, plainOfCode } from './plain.js';
import type { Plain } from './to-yaml.js';

type PlainMap = Readonly<Record<string, Plain>>;

/** A component as a configuration has it. */
export interface ConfiguredComponent {
  readonly section: string;
  readonly id: string;
  /** Undefined where the program has no such component. */
  readonly definition: ComponentDefinition | undefined;
  /** As it was read: text where text is wanted, nothing where nothing was written. With the defaults. */
  readonly config: PlainMap;
}

/** A pipeline as a configuration has it: its id, and those of its components. */
export interface ConfiguredPipeline {
  readonly id: string;
  readonly receivers: readonly string[];
  readonly processors: readonly string[];
  readonly exporters: readonly string[];
}

/** What a configuration comes to, in the words of the configuration. */
export class EffectiveConfig {
  readonly components: readonly ConfiguredComponent[];
  readonly #written: PlainMap;
  /** As it was read. */
  readonly telemetry: PlainMap;

  /** `telemetry` where it was read as something else than what was written. */
  constructor(written: PlainMap, components: readonly ConfiguredComponent[], telemetry?: PlainMap) {
    this.#written = written;
    this.components = components;
    this.telemetry = telemetry ?? mapAt(this.service, 'telemetry');
  }

  get pipelines(): ConfiguredPipeline[] {
    return Object.entries(mapAt(this.service, 'pipelines')).map(([id, pipeline]) => ({
      id,
      receivers: idsAt(pipeline, 'receivers'),
      processors: idsAt(pipeline, 'processors'),
      exporters: idsAt(pipeline, 'exporters'),
    }));
  }

  get service(): PlainMap {
    return mapAt(this.#written, 'service');
  }

  component(section: string, id: string): ConfiguredComponent | undefined {
    return this.components.find((each) => each.section === section && each.id === id);
  }

  /** All of it. `reader` is what reads the figures where nothing is said about that. */
  whole(reader: Plain): PlainMap {
    const filled = sections.map(([, section]): [string, Plain] => [
      section,
      Object.fromEntries(
        this.components.filter((each) => each.section === section).map(({ id, config }) => [id, config]),
      ),
    ]);
    const { telemetry } = this;
    const metrics = mapAt(telemetry, 'metrics');
    const { level } = metrics;
    const isOff = typeof level === 'string' && level.toLowerCase() === 'none';
    const readers = metrics['readers'] ?? (isOff ? [] : [reader]);
    const filledTelemetry = withSchemaDefaults(telemetrySchema, {
      ...telemetry,
      logs: telemetry['logs'] ?? {},
      metrics: { ...metrics, readers },
    });
    return { ...Object.fromEntries(filled), service: { ...this.service, telemetry: filledTelemetry } };
  }
}

/** Imports the components that a configuration names, for the defaults of their keys. */
export async function effectiveConfig(
  root: MapNode,
  parts: InspectedConfig['parts'],
  entries: readonly ComponentEntry[],
): Promise<EffectiveConfig> {
  const written = plainMap(root);
  const extensions = new Map<string, object>();
  const readAs = (keys: string): PlainMap | undefined => {
    const part = parts.get(keys);
    return part === undefined ? undefined : (plainOfCode(part, extensions) as PlainMap);
  };
  const components = sections.flatMap(([kind, section]) =>
    Object.entries(mapAt(written, section)).map(async ([id, value]): Promise<ConfiguredComponent> => {
      const own = isMap(value) ? value : {};
      const read = readAs(`${section}.${id}`) ?? own;
      const definition = await find(entries, kind, id.split('/')[0]!.trim());
      const config =
        definition === undefined ? read : withSchemaDefaults(definition.config, read, extensions);
      return { section, id, definition, config };
    }),
  );
  return new EffectiveConfig(written, await Promise.all(components), readAs('service.telemetry'));
}

async function find(
  entries: readonly ComponentEntry[],
  kind: string,
  name: string,
): Promise<ComponentDefinition | undefined> {
  for (const entry of entries) {
    if (entry.kind !== kind) continue;
    const { aliases = [] } = 'load' in entry ? entry : definitionOf(entry);
    if (![entry.type, ...aliases].includes(name)) continue;
    return definitionBehind(entry);
  }
  return undefined;
}

function mapAt(value: Plain | undefined, key: string): PlainMap {
  const inner = isMap(value) ? value[key] : undefined;
  return isMap(inner) ? inner : {};
}

function idsAt(pipeline: Plain, key: string): string[] {
  const list = isMap(pipeline) ? pipeline[key] : undefined;
  return Array.isArray(list) ? list.map((id) => String(id).trim()) : [];
}

function isMap(value: Plain | undefined): value is PlainMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
