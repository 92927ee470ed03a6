import type { z } from 'zod';

/**
 * Throws where a schema lets unknown keys pass, at any depth: a misspelt key
 * would be ignored in silence. So would one below `catch`, which hides errors.
 * Where a value is to be free, `z.unknown()` or `z.record` says so.
 *
 * @throws TypeError that names the place
 */
export function assertStrict(schema: z.ZodType, where: string): void {
  if (!objectTypes.has(rootOf(definitionOf(schema)).type)) {
    throw new TypeError(`${where}: a config is an object; use z.strictObject`);
  }
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
  readonly out?: z.ZodType;
  readonly getter?: () => z.ZodType;
}

const objectTypes: ReadonlySet<string> = new Set(['object', 'record', 'union', 'intersection', 'lazy']);

function definitionOf(schema: z.ZodType): Definition {
  return schema._zod.def;
}

/** What takes the input, below `optional`, `default`, `transform` and their like. */
function rootOf(definition: Definition): Definition {
  const { innerType, in: input, out } = definition;
  const inner = input !== undefined && definitionOf(input).type === 'transform' ? out : (innerType ?? input);
  return inner === undefined ? definition : rootOf(definitionOf(inner));
}

function visit(schema: z.ZodType, where: string, seen: Set<z.ZodType>): void {
  if (seen.has(schema)) return;
  seen.add(schema);
  const definition = definitionOf(schema);
  if (definition.type === 'catch') {
    throw new TypeError(`${where}: the schema hides errors; use default() or prefault() instead of catch()`);
  }
  if (definition.type === 'object') {
    if (definition.catchall?._zod.def.type !== 'never') {
      throw new TypeError(`${where}: the schema lets unknown keys pass; use z.strictObject`);
    }
    for (const [key, value] of Object.entries(definition.shape ?? {})) visit(value, `${where}.${key}`, seen);
  }
  const { element, rest, left, right, valueType, innerType, in: input, out, getter } = definition;
  for (const inner of [element, rest, left, right, valueType, innerType, input, out, getter?.()]) {
    if (inner !== undefined && inner !== null) visit(inner, where, seen);
  }
  for (const option of [...(definition.options ?? []), ...(definition.items ?? [])])
    visit(option, where, seen);
}
