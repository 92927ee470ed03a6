import { RE2JS } from 're2js';
import { z } from 'zod';

/** A zod type for a regular expression of RE2. It yields the text; what RE2 does not know is refused, in Go's words. */
export function pattern(): z.ZodType<string, string> {
  return z.string().superRefine((text, context) => {
    try {
      RE2JS.compile(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
    }
  });
}
