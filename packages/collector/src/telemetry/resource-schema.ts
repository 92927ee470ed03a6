import { completeConfig, ConfigError } from '@tributary/component';
import { z } from 'zod';
import type {
  TelemetryAttributeConfig,
  TelemetryAttributeValue,
  TelemetryConfig,
  TelemetryResourceConfig,
} from '../config.js';
import type { ResourceSettings } from './settings.js';

const attributeValue = z.union([
  z.string(),
  z.boolean(),
  z.number(),
  z.array(z.string()),
  z.array(z.boolean()),
  z.array(z.number()),
]);

const attribute = z
  .strictObject({
    name: z.string().min(1),
    value: attributeValue,
    type: z
      .enum(['string', 'bool', 'int', 'double', 'string_array', 'bool_array', 'int_array', 'double_array'])
      .optional(),
  })
  .superRefine(({ value, type }, context) => {
    if (type === undefined || isOfType(value, type)) return;
    context.addIssue({ code: 'custom', path: ['value'], message: `is not of type ${type}` });
  });

function isOfType(
  value: TelemetryAttributeValue,
  type: NonNullable<TelemetryAttributeConfig['type']>,
): boolean {
  if (type.endsWith('_array')) {
    const element = type.slice(0, -'_array'.length) as 'string';
    return Array.isArray(value) && value.every((part: string | boolean | number) => isOfType(part, element));
  }
  if (type === 'int') return Number.isSafeInteger(value);
  return typeof value === (type === 'bool' ? 'boolean' : type === 'double' ? 'number' : 'string');
}

const sectionKeys = ['attributes', 'schema_url'];
const detection = 'detection/development';

/** Both forms: a section, or names and texts. */
const resource = z.custom<TelemetryResourceConfig | Record<string, string | null>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'must be an object',
);

const resourceSection = z.strictObject({
  attributes: z.array(attribute).default([]),
  schema_url: z.string().optional(),
});

/** Told apart by hand, so that a mistake in one form is not told as one in the other. */
export const resourceSchema: z.ZodType<
  ResourceSettings,
  NonNullable<TelemetryConfig['resource']>
> = resource.transform((config, context): ResourceSettings => {
  const keys = Object.keys(config);
  const refuse = (message: string, ...path: string[]): never => {
    context.addIssue({ code: 'custom', path, message });
    return z.NEVER;
  };
  if (keys.includes('attributes_list')) {
    return refuse('is not currently supported, please use attributes', 'attributes_list');
  }
  if (keys.includes(detection)) return refuse('is not supported: nothing is detected', detection);
  const others = keys.filter((key) => !sectionKeys.includes(key));
  if (others.length < keys.length) {
    if (others.length > 0) {
      return refuse('attributes cannot be used together with legacy inline resource attributes');
    }
    let section: z.output<typeof resourceSection>;
    try {
      section = completeConfig(resourceSection, config, []);
    } catch (error) {
      if (!ConfigError.is(error)) throw error;
      for (const { path, message } of error.problems) {
        context.addIssue({ code: 'custom', path: [...path], message });
      }
      return z.NEVER;
    }
    const { attributes, schema_url: schemaUrl } = section;
    return {
      attributes: Object.fromEntries(attributes.map(({ name, value }) => [name, value])),
      schemaUrl,
      isLegacy: false,
    };
  }
  for (const [key, value] of Object.entries(config)) {
    if (value !== null && typeof value !== 'string') {
      return refuse(`legacy resource attribute ${JSON.stringify(key)} must be string or null`, key);
    }
  }
  const attributes = config as Record<string, string | null>;
  return { attributes, schemaUrl: undefined, isLegacy: keys.length > 0 };
});
