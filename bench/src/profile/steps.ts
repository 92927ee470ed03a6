/** Where a note of the profile belongs: the first step whose pattern is in `function file`. */
export interface Step {
  readonly name: string;
  readonly pattern: RegExp;
}

/** In the order in which they are asked, which is that of a request as far as it can be. */
export const steps: readonly Step[] = [
  { name: 'collecting garbage, on this thread', pattern: /^\(garbage collector\)/ },
  { name: 'native: sockets, HTTP/2, timers', pattern: /^(?:\((?:program|root)\)|\w+) $/ },
  {
    name: 'copying: messages put together, batches glued',
    pattern: /^(?:_?copy(?:Actual)?|concat|createUnsafeBuffer|FastBuffer|set) node:/,
  },
  { name: "Node's own: HTTP, streams, events", pattern: / node:/ },
  { name: '@grpc/grpc-js', pattern: / node_modules\/@grpc\// },
  { name: 'undici', pattern: / node_modules\/undici\// },
  { name: 'check of every field', pattern: / packages\/pdata\/dist\/(?:generated\/check|check|open)/ },
  { name: 'the rest of pdata: counting, gluing', pattern: / packages\/pdata\// },
  { name: 'memory limiter', pattern: / packages\/processor-memorylimiter\// },
  { name: 'batch', pattern: / packages\/processor-batch\// },
  { name: 'queue, retry, timeout', pattern: / (?:packages\/delivery|node_modules\/p-)/ },
  {
    name: 'edges and books',
    pattern: / packages\/(?:collector|component)\//,
  },
  {
    name: 'protocol and transport: ours',
    pattern: / packages\/(?:otlp|transport|receiver-otlp|exporter-otlp|exporter-otlphttp)\//,
  },
  { name: 'metrics: @opentelemetry', pattern: / node_modules\/@opentelemetry\// },
  { name: 'the rest', pattern: /^/ },
];
