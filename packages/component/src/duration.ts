/** A Go duration: `'200ms'`, `'10s'`, `'1m30s'`. A subset for code; YAML takes all of Go's. Schemas refuse negative ones. */
export type Duration =
  | `${number}${'ns' | 'us' | 'µs' | 'ms' | 's' | 'm' | 'h'}`
  | `${number}m${number}s`
  | `${number}h${number}m`
  | `${number}h${number}m${number}s`;
