import type { ComponentDefinition } from '@tributary/component';
import type { KeyDoc, KeyDocs } from '../cli.js';
import type { JsonSchema } from './json-schema.js';

/** What is said of the keys of one component. */
type DocsOfKeys = KeyDocs[string];

/** What the loader puts in place of `${…}` is not known here, so it may stand for anything. */
export const substitution = '\\$\\{';
const substituted: JsonSchema = { $ref: '#/$defs/substitution' };

/** A Go duration that is not negative. */
const durationPattern = '^\\+?(0|((\\d+\\.?\\d*|\\.\\d+)(ns|us|µs|μs|ms|s|m|h))+)$';

/**
 * The JSON Schema of a section of YAML, from the schema that the loader checks it with and what is said of
 * its keys. It accepts what the loader accepts, as far as one value can tell: numbers where text is wanted,
 * nothing behind the key of a section, `${…}` everywhere. Where the schema says nothing of a value, because a
 * function checks it, the documented type stands in.
 */
export function sectionSchema(schema: ComponentDefinition['config'], docs: DocsOfKeys): JsonSchema {
  const { $schema: _, ...root } = schema.toJSONSchema({
    io: 'input',
    unrepresentable: ({ zodSchema }) => (zodSchema._zod.def.type === 'undefined' ? { not: {} } : 'any'),
  }) as ZodSchema;
  return complete(root, '', docs);
}

/** What zod makes, with the mark that `optionalSection` leaves. */
interface ZodSchema extends JsonSchema {
  readonly canBeOff?: true;
}

/** The schema of the value at `key`, which is '' at the top. */
function complete(node: ZodSchema, key: string, docs: DocsOfKeys): JsonSchema {
  const doc = docs[key];
  const value = shapeOf(node, key, docs);
  if (value.not !== undefined) return { description: 'Not supported: refused.', ...value };
  const initial = defaultOf(node, doc);
  return {
    ...(doc !== undefined && { description: doc.doc }),
    ...value,
    ...(initial !== undefined && { default: initial }),
  };
}

function shapeOf(node: ZodSchema, key: string, docs: DocsOfKeys): JsonSchema {
  if (node.not !== undefined) return { not: {} };
  if (node.anyOf !== undefined) {
    // Nothing behind the key of a section is allowed anyhow.
    const [one, ...others] = node.anyOf.filter(({ type }) => type !== 'null');
    if (one === undefined || others.length > 0) {
      return { anyOf: node.anyOf.map((form) => shapeOf(form, key, docs)) };
    }
    return shapeOf(one, key, docs);
  }
  const values = node.enum ?? (node.const === undefined ? undefined : [node.const]);
  if (values !== undefined) return { anyOf: [{ enum: values.flatMap(spellingsOf) }, substituted] };
  const { type = '' } = docs[key] ?? {};
  if (type.startsWith('map of text, or list')) return headers;
  switch (node.type) {
    case 'object':
      return objectOf(node, key, docs);
    case 'array':
      return {
        type: ['array', 'null', 'string'],
        pattern: substitution,
        items: complete(node.items ?? {}, `${key}[]`, docs),
      };
    case 'string':
      return {
        type: ['string', 'number', 'boolean'],
        ...(node.minLength !== undefined && { minLength: node.minLength }),
        ...(node.pattern !== undefined && { pattern: `(?:${node.pattern})|${substitution}` }),
      };
    case 'number':
    case 'integer':
      return { type: [node.type, 'string'], ...boundsOf(node), pattern: substitution };
    case 'boolean':
      return { type: ['boolean', 'string'], pattern: substitution };
    case undefined:
      return checkedByFunction(key, docs);
    default:
      return {};
  }
}

function objectOf(node: ZodSchema, key: string, docs: DocsOfKeys): JsonSchema {
  const { properties = {}, required = [], additionalProperties: others = false } = node;
  const below = Object.entries(properties).map(([name, value]) => [
    name,
    complete(value, key === '' ? name : `${key}.${name}`, docs),
  ]);
  if (node.canBeOff) below.push(['enabled', enabled]);
  return {
    type: required.length === 0 ? ['object', 'null', 'string'] : ['object', 'string'],
    pattern: substitution,
    ...(below.length > 0 && { properties: Object.fromEntries(below) as Record<string, JsonSchema> }),
    ...(required.length > 0 && { required }),
    additionalProperties: typeof others === 'object' ? shapeOf(others, '', {}) : others,
  };
}

const enabled: JsonSchema = {
  description: 'Off, it is as if the section were not there.',
  type: ['boolean', 'string'],
  pattern: substitution,
  default: true,
};

const text: JsonSchema = { type: ['string', 'number', 'boolean'] };

/** Both forms in one: keywords for objects say nothing of lists, and the other way round. */
const headers: JsonSchema = {
  type: ['object', 'array', 'null', 'string'],
  pattern: substitution,
  additionalProperties: text,
  items: {
    type: 'object',
    properties: { name: text, value: text },
    required: ['name', 'value'],
    additionalProperties: false,
  },
};

/** The schema of a value of which zod knows no more than the function that checks it. */
function checkedByFunction(key: string, docs: DocsOfKeys): JsonSchema {
  const { type, values } = docs[key] ?? {};
  if (values !== undefined) {
    // Closed sets that are checked by functions are words in any case.
    return { anyOf: [{ enum: values }, { type: 'string', pattern: inAnyCase(values) }, substituted] };
  }
  switch (type) {
    case 'duration':
      // Of numbers, 0 alone is a duration.
      return {
        type: ['string', 'integer'],
        pattern: `${durationPattern}|${substitution}`,
        minimum: 0,
        maximum: 0,
      };
    case 'extension':
      return { type: 'string' };
    case 'section or map':
      return {
        ...objectOf(documentedSection(key, docs), key, docs),
        additionalProperties: { type: ['string', 'number', 'boolean', 'null'] },
      };
    case 'section':
      return objectOf(documentedSection(key, docs), key, docs);
    case 'list of sections': {
      const items = objectOf(documentedSection(`${key}[]`, docs), `${key}[]`, docs);
      return { type: ['array', 'null', 'string'], pattern: substitution, items };
    }
    case 'string':
    case 'boolean':
    case 'number':
      return shapeOf({ type }, key, docs);
    default:
      return {};
  }
}

/** A section as zod would tell it, from the documented keys below `key`. */
function documentedSection(key: string, docs: DocsOfKeys): ZodSchema {
  const names = Object.keys(docs)
    .filter((other) => other.startsWith(`${key}.`))
    .map((other) => other.slice(key.length + 1))
    .filter((name) => !/[.[]/.test(name));
  const required = names.filter((name) => docs[`${key}.${name}`]!.required);
  return { type: 'object', properties: Object.fromEntries(names.map((name) => [name, {}])), required };
}

/** What is taken for a value of a closed set: `1.2` is a number to YAML, and text to the loader. */
function spellingsOf(value: unknown): unknown[] {
  const isNumeric = typeof value === 'string' && value !== '' && !Number.isNaN(Number(value));
  return isNumeric ? [value, Number(value)] : [value];
}

function inAnyCase(values: readonly string[]): string {
  const letters = values.map((value) =>
    value.replace(/[a-z]/gi, (letter) => `[${letter.toUpperCase()}${letter.toLowerCase()}]`),
  );
  return `^(?:${letters.join('|')})$`;
}

/** The bounds that somebody set: zod gives every integer those of the exact ones. */
function boundsOf({ minimum, maximum, exclusiveMinimum }: JsonSchema): JsonSchema {
  const isSet = (bound: number | undefined): boolean =>
    bound !== undefined && Math.abs(bound) !== Number.MAX_SAFE_INTEGER;
  return {
    ...(isSet(minimum) && { minimum: minimum! }),
    ...(isSet(maximum) && { maximum: maximum! }),
    ...(isSet(exclusiveMinimum) && { exclusiveMinimum: exclusiveMinimum! }),
  };
}

/** What the schema says, and where it says nothing, what is documented; that of a section says nothing. */
function defaultOf(node: ZodSchema, doc: KeyDoc | undefined): unknown {
  if (node.default !== undefined) return isSection(node.default) ? undefined : node.default;
  const written = doc?.default;
  if (written === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(written.replaceAll("'", '"'));
    return isSection(value) ? undefined : value;
  } catch {
    return undefined; // In words: `none`, `that of endpoint`.
  }
}

function isSection(value: unknown): boolean {
  return typeof value === 'object' && !Array.isArray(value);
}
