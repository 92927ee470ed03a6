import { telemetrySchema } from '@tributary/collector';
import type { ComponentDefinition } from '@tributary/component';
import { sections } from './catalog.js';
import type { KeyDoc, KeyDocs } from './cli.js';

/** A zod type. */
type Schema = ComponentDefinition['config'];

/** A JSON Schema, or a part of one. */
export interface JsonSchema {
  [keyword: string]: unknown;
  type?: string | readonly string[];
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  anyOf?: readonly JsonSchema[];
  description?: string;
}

/** Durations as Go writes them; a substitution may stand anywhere. */
const duration = '^[+-]?(0|((\\d+\\.?\\d*|\\.\\d+)(ns|us|µs|μs|ms|s|m|h))+)$|\\$\\{';
const substitution: JsonSchema = { type: 'string', pattern: '\\$\\{' };
const signals = '(traces|metrics|logs|profiles)';

/** The JSON Schema of whole configurations over these components. */
export function configurationSchema(
  name: string,
  definitions: readonly ComponentDefinition[],
  docs: KeyDocs,
): JsonSchema {
  const ofKinds = sections.map(([kind, section]): [string, JsonSchema] => [
    section,
    {
      type: ['object', 'null'],
      patternProperties: Object.fromEntries(
        definitions
          .filter((each) => each.kind === kind)
          .map((each) => [
            `^(${[each.type, ...each.aliases].join('|')})(/.+)?$`,
            schemaOf(each.config, docs[`${kind}/${each.type}`]),
          ]),
      ),
      additionalProperties: false,
    },
  ]);
  const ids: JsonSchema = { type: ['array', 'null'], items: { type: 'string' } };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: `Configuration of ${name}`,
    type: 'object',
    properties: {
      ...Object.fromEntries(ofKinds),
      service: {
        type: 'object',
        properties: {
          extensions: { ...ids, description: 'The extensions that run.' },
          pipelines: {
            type: 'object',
            description: 'By signal, or signal/name.',
            patternProperties: {
              [`^${signals}(/.+)?$`]: {
                type: 'object',
                properties: { receivers: ids, processors: ids, exporters: ids },
                required: ['receivers', 'exporters'],
                additionalProperties: false,
              },
            },
            additionalProperties: false,
          },
          telemetry: schemaOf(telemetrySchema, docs['service/telemetry']),
        },
        additionalProperties: false,
      },
    },
    additionalProperties: false,
  };
}

/** What one may write for a zod schema, with what is said of its keys. */
function schemaOf(type: Schema, docs: Readonly<Record<string, KeyDoc>> = {}): JsonSchema {
  // What its own checks demand cannot be said in JSON Schema: `any`, and the doc comment says it in words.
  const { $schema: _, ...schema } = type.toJSONSchema({
    io: 'input',
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      // A key that is refused by name.
      if (zodSchema._zod.def.type === 'undefined') jsonSchema.not = {};
    },
  }) as JsonSchema;
  return tolerant(documented(schema, docs), true);
}

/** Lays what the doc comments say over a schema: texts, and types where the schema has none. */
function documented(schema: JsonSchema, docs: Readonly<Record<string, KeyDoc>>): JsonSchema {
  for (const [dotted, doc] of Object.entries(docs)) {
    const keys = dotted.split('.');
    let above: JsonSchema | undefined = schema;
    for (const key of keys.slice(0, -1)) above = above && inside(above, key);
    const last = keys.at(-1)!;
    if (above === undefined || last === '[]') continue;
    const properties = (sectionOf(above).properties ??= {});
    const key = last.replace(/\[\]$/, '');
    properties[key] = { description: doc.doc, ...typeOf(doc, properties[key]), ...properties[key] };
  }
  return schema;
}

/** The section behind a key of a section. */
function inside(schema: JsonSchema, dotted: string): JsonSchema | undefined {
  const key = dotted.replace(/\[\]$/, '');
  const found = sectionOf(schema).properties?.[key];
  if (found === undefined || key === dotted) return found;
  return (found.items ??= { type: 'object' });
}

/** Of what may be null or off, what it is when it is there. */
function sectionOf(schema: JsonSchema): JsonSchema {
  return schema.anyOf?.find(({ type }) => type === 'object') ?? schema;
}

const section: JsonSchema = { type: 'object', additionalProperties: false };
const itemTypes: Readonly<Record<string, JsonSchema>> = {
  'list of string': { type: 'string' },
  'list of number': { type: 'number' },
  'list of sections': section,
};

/** What the words of a doc comment say, for a key of which the schema says nothing. */
function typeOf({ type, values, default: text }: KeyDoc, known: JsonSchema = {}): JsonSchema {
  const missing = known['default'] === undefined ? literal(text) : undefined;
  const more: JsonSchema = missing === undefined ? {} : { default: missing };
  if (type === 'duration') return { ...more, type: 'string', pattern: duration };
  if (known.type !== undefined || known.anyOf !== undefined) return more;
  // In any case, where the schema does not count them itself.
  if (values !== undefined && !type.startsWith('list of '))
    return { ...more, type: 'string', examples: values };
  if (type.startsWith('list of ')) {
    return { ...more, type: 'array', items: { ...itemTypes[type] } };
  }
  if (type === 'section' || type === 'empty section') return { ...more, ...section };
  return ['number', 'boolean', 'string'].includes(type) ? { ...more, type } : more;
}

/** The value of a default as doc comments write it, `'10s'`; undefined for words. */
function literal(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text.replaceAll("'", '"'));
  } catch {
    return undefined; // Words: "none", "the number of CPUs".
  }
}

/** What YAML users may write besides: nothing behind a key of a section, and a substitution for anything. */
function tolerant(schema: JsonSchema, mayBeNull: boolean): JsonSchema {
  const { properties: own, items, anyOf, canBeOff, ...rest } = schema;
  const properties = canBeOff === true ? { enabled: { type: 'boolean', default: true }, ...own } : own;
  const inner: JsonSchema = {
    ...rest,
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties)
          .filter(([, each]) => !isRefused(each))
          .map(([key, each]) => [key, tolerant(each, true)]),
      ),
    }),
    ...(items && { items: tolerant(items, false) }),
    ...(anyOf && { anyOf: anyOf.map((each) => tolerant(each, false)) }),
  };
  switch (rest.type) {
    case 'object':
    case 'array':
      return mayBeNull ? { ...inner, type: [rest.type, 'null'] } : inner;
    case 'number':
    case 'integer':
    case 'boolean': {
      const { description, default: value, ...constraints } = inner;
      return {
        ...(description !== undefined && { description }),
        ...(value !== undefined && { default: value }),
        anyOf: [constraints, substitution],
      };
    }
    default:
      return inner;
  }
}

/** A key that is refused by name, as everybody's `tpm`. */
function isRefused(schema: JsonSchema): boolean {
  return schema['not'] !== undefined;
}
