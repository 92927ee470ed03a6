import type { z } from 'zod';

/**
 * Throws where a schema lets unknown keys pass, at any depth: a misspelt key
 * would be ignored in silence.
 *
 * @throws TypeError that names the place
 */
export function assertStrict(schema: z.ZodType, where: string): void {
  visit(schema, where, new Set());
}

/** The parts of zod's definitions that hold other schemas. */
interface Definition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly catchall?: z.ZodType;
  readonly element?: z.ZodType;
  readonly items?: readonly z.ZodType[];
  readonly rest?: z.ZodType | null;
  readonly options?: readonly z.ZodType[];
  readonly left?: z.ZodType;
  readonly right?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
  readonly getter?: () => z.ZodType;
}

function visit(schema: z.ZodType, where: string, seen: Set<z.ZodType>): void {
  if (seen.has(schema)) return;
  seen.add(schema);
  const definition = schema._zod.def as unknown as Definition;
  if (definition.type === 'object') {
    if (definition.catchall?._zod.def.type !== 'never') {
      throw new TypeError(`${where}: the schema lets unknown keys pass; use z.strictObject`);
    }
    for (const [key, value] of Object.entries(definition.shape ?? {})) visit(value, `${where}.${key}`, seen);
  }
  const { element, rest, left, right, valueType, innerType, in: input, getter } = definition;
  for (const inner of [element, rest, left, right, valueType, innerType, input, getter?.()]) {
    if (inner !== undefined && inner !== null) visit(inner, where, seen);
  }
  for (const option of [...(definition.options ?? []), ...(definition.items ?? [])])
    visit(option, where, seen);
}
