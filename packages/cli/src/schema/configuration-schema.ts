import { telemetrySchema } from '@tributary/collector';
import type { ComponentDefinition, ComponentKind } from '@tributary/component';
import { sections } from '../catalog.js';
import type { KeyDocs } from '../cli.js';
import type { JsonSchema } from './json-schema.js';
import { sectionSchema, substitution } from './section-schema.js';

const sectionDocs: Readonly<Record<ComponentKind, string>> = {
  receiver: 'Where telemetry comes from, by id: `type` or `type/name`.',
  processor: 'What is done with telemetry on its way, by id: `type` or `type/name`.',
  exporter: 'Where telemetry goes, by id: `type` or `type/name`.',
  connector: 'What ends one pipeline and begins another, by id: `type` or `type/name`.',
  extension: 'What serves the collector beside its pipelines, by id: `type` or `type/name`.',
};

/**
 * The JSON Schema of a configuration that names these components, for editors. Unknown keys and components are
 * refused at every depth. What spans several places is left to `validate`: that an id is defined, keys that
 * exclude one another, cycles. No section is required, since others may stand in another file.
 */
export function configurationSchema(
  name: string,
  definitions: readonly ComponentDefinition[],
  docs: KeyDocs,
): JsonSchema {
  const own = definitions.map((definition) => [
    idOf(definition),
    { title: idOf(definition), ...sectionSchema(definition.config, docs[idOf(definition)] ?? {}) },
  ]);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: `Configuration of ${name}`,
    ...section({
      ...Object.fromEntries(sections.map(([kind, key]) => [key, componentsOf(kind, definitions)])),
      service: serviceSchema(docs),
    }),
    $defs: {
      substitution: { type: 'string', pattern: substitution },
      ids: {
        type: ['array', 'null', 'string'],
        pattern: substitution,
        items: { type: ['string', 'number', 'boolean'] },
      },
      ...(Object.fromEntries(own) as Record<string, JsonSchema>),
    },
  };
}

const idOf = ({ kind, type }: ComponentDefinition): string => `${kind}/${type}`;

function section(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return {
    type: ['object', 'null', 'string'],
    pattern: substitution,
    properties,
    additionalProperties: false,
  };
}

function componentsOf(kind: ComponentKind, definitions: readonly ComponentDefinition[]): JsonSchema {
  const patterns = definitions
    .filter((definition) => definition.kind === kind)
    .map((definition) => [
      `^(${[definition.type, ...definition.aliases].join('|')})(/.+)?$`,
      // In a pointer "/" is written so.
      { $ref: `#/$defs/${idOf(definition).replace('/', '~1')}` },
    ]);
  return {
    description: sectionDocs[kind],
    type: ['object', 'null', 'string'],
    pattern: substitution,
    patternProperties: Object.fromEntries(patterns) as Record<string, JsonSchema>,
    additionalProperties: false,
  };
}

function serviceSchema(docs: KeyDocs): JsonSchema {
  const ids: JsonSchema = { $ref: '#/$defs/ids' };
  const pipeline = section({
    receivers: { description: 'Ids of receivers and connectors. At least one.', ...ids },
    processors: { description: 'Ids of processors, in the order in which they work.', ...ids },
    exporters: { description: 'Ids of exporters and connectors. At least one.', ...ids },
  });
  return {
    description: 'What of all this runs, and how it is put together.',
    ...section({
      extensions: {
        description: 'Ids of the extensions that run, in the order in which they start.',
        ...ids,
      },
      pipelines: {
        description: 'By signal, or signal and name: `traces`, `logs/audit`.',
        type: ['object', 'null', 'string'],
        pattern: substitution,
        patternProperties: { '^(traces|metrics|logs|profiles)(/.+)?$': pipeline },
        additionalProperties: false,
      },
      telemetry: {
        description: 'What the collector tells about itself.',
        ...sectionSchema(telemetrySchema, docs['service/telemetry'] ?? {}),
      },
    }),
  };
}
