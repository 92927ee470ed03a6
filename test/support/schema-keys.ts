import type { z } from 'zod';

/** The parts of zod's definitions that lead to a section. */
interface Definition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly innerType?: z.ZodType;
  readonly element?: z.ZodType;
  readonly in?: z.ZodType;
  readonly out?: z.ZodType;
}

const definitionIn = (schema: z.ZodType): Definition => schema._zod.def;

/** What takes the input, below `optional`, `prefault` and transforms. */
function inner(schema: z.ZodType): Definition {
  const { innerType, in: input, out, ...definition } = definitionIn(schema);
  const below = input !== undefined && definitionIn(input).type === 'transform' ? out : (innerType ?? input);
  return below === undefined ? definition : inner(below);
}

/** A key of a schema; nested ones have dots, those of sections in a list `[]` before. */
export interface SchemaKey {
  readonly key: string;
  /** Whether it has keys of its own. */
  readonly isSection: boolean;
  /** Whether every value of it is refused. */
  readonly isRefused: boolean;
}

/** All keys that a schema knows, among them those that it refuses by name. */
export function keysOfSchema(schema: z.ZodType, prefix = ''): SchemaKey[] {
  return Object.entries(inner(schema).shape ?? {}).flatMap(([name, value]) => {
    const key = `${prefix}${name}`;
    const { type, shape, element } = inner(value);
    const isRefused = type === 'undefined' || type === 'never';
    return [
      { key, isSection: shape !== undefined, isRefused },
      ...keysOfSchema(value, `${key}.`),
      ...(element === undefined ? [] : keysOfSchema(element, `${key}[].`)),
    ];
  });
}
