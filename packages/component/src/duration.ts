import { z } from 'zod';

/** A Go duration: `'200ms'`, `'10s'`, `'1m30s'`. A subset for code; YAML takes all of Go's. Schemas refuse negative ones. */
export type Duration =
  | '0'
  | `${number}${'ns' | 'us' | 'µs' | 'ms' | 's' | 'm' | 'h'}`
  | `${number}m${number}s`
  | `${number}h${number}m`
  | `${number}h${number}m${number}s`;

const unitsInMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};
const part = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y;

/** Milliseconds of a Go duration (`time.ParseDuration`), with its sign; `undefined` where it is none. */
export function parseDuration(text: string): number | undefined {
  const sign = text.startsWith('-') ? -1 : 1;
  const start = text.startsWith('-') || text.startsWith('+') ? 1 : 0;
  if (text.slice(start) === '0') return 0;
  let ms = 0;
  part.lastIndex = start;
  let position = start;
  while (position < text.length) {
    const match = part.exec(text);
    if (match === null) return undefined;
    ms += Number(match[1]) * unitsInMs[match[2]!]!;
    position = part.lastIndex;
  }
  return position === start ? undefined : sign * ms;
}

/** A zod type for {@link Duration} that yields milliseconds. Refuses negative ones. */
export function duration(): z.ZodType<number, Duration> {
  return z
    .custom<Duration>((value) => typeof value === 'string', {
      error: ({ input }) => `must be a duration such as "200ms" or "1m30s", got ${JSON.stringify(input)}`,
    })
    .transform((text, context) => {
      const ms = parseDuration(text);
      if (ms !== undefined && ms >= 0) return ms;
      const problem =
        ms === undefined ? 'must be a duration such as "200ms" or "1m30s"' : 'must not be negative';
      context.addIssue({ code: 'custom', message: `${problem}, got ${JSON.stringify(text)}` });
      return z.NEVER;
    });
}
