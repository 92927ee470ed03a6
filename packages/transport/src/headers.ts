import { z } from 'zod';

/** Headers as a map, or as a list for those who write YAML by machine. */
export type HeadersConfig =
  Readonly<Record<string, string>> | readonly { readonly name: string; readonly value: string }[];

/**
 * The schema of headers in both forms of the Collector. `problemOf` says what a protocol has against
 * one; its message goes without the value, which may be a secret.
 */
export function headersSchema(
  problemOf: (name: string, value: string) => string | undefined,
): z.ZodType<Readonly<Record<string, string>>, HeadersConfig> {
  return z
    .preprocess(
      (value, context) => (Array.isArray(value) ? mapOf(value, context) : value),
      z.record(z.string(), z.string()),
    )
    .superRefine((record, context) => {
      for (const [name, value] of Object.entries(record)) {
        const message = problemOf(name, value);
        if (message !== undefined) context.addIssue({ code: 'custom', path: [name], message });
      }
    }) as z.ZodType<Readonly<Record<string, string>>, HeadersConfig>;
}

/** What HTTP has against a header; `undefined` is nothing. */
export function httpHeaderProblem(name: string, value: string): string | undefined {
  if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/i.test(name)) return 'is no name of an HTTP header';
  return /[^\t\x20-\x7e\x80-\xff]/.test(value) ? 'holds characters that no HTTP header may have' : undefined;
}

function mapOf(list: readonly unknown[], context: z.RefinementCtx): Readonly<Record<string, string>> {
  const headers = new Map<string, string>();
  const twice = new Set<string>();
  list.forEach((entry, index) => {
    const { name, value, ...others } = { ...(entry as Record<string, unknown>) };
    if (typeof name !== 'string' || typeof value !== 'string' || Object.keys(others).length > 0) {
      context.addIssue({
        code: 'custom',
        path: [index],
        message: 'must be { name, value }, both of them text',
      });
    } else {
      if (headers.has(name)) twice.add(name);
      headers.set(name, value);
    }
  });
  if (twice.size > 0) {
    const message = `duplicate keys in map-style list: [${[...twice].join(' ')}]`;
    context.addIssue({ code: 'custom', message });
  }
  return Object.fromEntries(headers);
}
