import { z } from 'zod';

const message = 'is not supported yet by this component';

/** A zod type for a key of the Collector's that a component does not have: refused by name, unlike a misspelt one. */
export const notOffered: z.ZodOptional<z.ZodUndefined> = z.undefined({ error: message }).optional();

/**
 * A zod type for one of `values`. `others`, which the Collector knows and the component
 * does not have, are refused by name; any other value with `problem` before it:
 * `unsupported compression type "br"`.
 */
export function oneOf<const V extends string>(
  values: readonly V[],
  others: readonly string[],
  problem: string,
): z.ZodType<V, V> {
  return z.enum(values, {
    error: ({ input }) =>
      others.includes(input as string) ? `"${String(input)}" ${message}` : `${problem} "${String(input)}"`,
  });
}
