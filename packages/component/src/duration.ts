import { z } from 'zod';

/** A Go duration: `'200ms'`, `'10s'`, `'1m30s'`. A subset for code; YAML takes all of Go's. Schemas refuse negative ones. */
export type Duration =
  | '0'
  | `${number}${'ns' | 'us' | 'µs' | 'ms' | 's' | 'm' | 'h'}`
  | `${number}m${number}s`
  | `${number}h${number}m`
  | `${number}h${number}m${number}s`;

const units: Readonly<Record<string, (count: number) => number>> = {
  // Divided, since 1e-6 is no exact double: 200ns is 0.0002, not 0.00019999999999999998.
  ns: (count) => count / 1e6,
  us: (count) => count / 1e3,
  µs: (count) => count / 1e3,
  μs: (count) => count / 1e3,
  ms: (count) => count,
  s: (count) => count * 1000,
  m: (count) => count * 60_000,
  h: (count) => count * 3_600_000,
};
const part = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y;
/** Go holds a duration in 63 bits of nanoseconds, 292 years. */
const maxMs = 2 ** 63 / 1e6;

/**
 * Milliseconds of a Go duration (`time.ParseDuration`), with its sign;
 * `undefined` where it is none, or longer than Go can hold.
 */
export function parseDuration(text: string): number | undefined {
  const sign = text.startsWith('-') ? -1 : 1;
  const start = text.startsWith('-') || text.startsWith('+') ? 1 : 0;
  if (text.slice(start) === '0') return 0;
  let ms = 0;
  let position = start;
  while (position < text.length) {
    part.lastIndex = position;
    const [whole, count, unit] = part.exec(text) ?? [];
    if (whole === undefined) return undefined;
    ms += units[unit!]!(Number(count));
    position += whole.length;
  }
  if (position === start || ms > maxMs) return undefined;
  return ms === 0 ? 0 : sign * ms;
}

const expected = 'must be a duration such as "200ms" or "1m30s"';

/** A zod type for {@link Duration} that yields milliseconds. Refuses negative ones. */
export function duration(): z.ZodType<number, Duration> {
  return z
    .custom<Duration>((value) => typeof value === 'string', {
      error: ({ input }) =>
        input === undefined ? 'is required' : `${expected}, got ${input === null ? 'null' : typeof input}`,
    })
    .transform((text, context) => {
      const ms = parseDuration(text);
      if (ms !== undefined && ms >= 0) return ms;
      const problem = ms === undefined ? expected : 'must not be negative';
      context.addIssue({ code: 'custom', message: `${problem}, got ${JSON.stringify(text)}` });
      return z.NEVER;
    });
}
