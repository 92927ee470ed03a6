import { Logs, Metrics, Traces, type SpanKind } from '@tributary/pdata';

/** What a sample is made from. The same numbers make the same bytes. */
export interface SampleOptions {
  /** Default 1. */
  readonly seed?: number;
  /** Time of the first record, in milliseconds since the epoch. Default 2026-01-01T00:00:00Z. */
  readonly startMs?: number;
}

const services = ['frontend', 'checkout', 'cart', 'payment', 'catalog'] as const;
const routes = ['/', '/cart', '/checkout', '/products/{id}', '/search'] as const;
const spansPerTrace = 8;

/** Traces as a small web shop makes them: eight spans each, of which some have failed. IDs are unique. */
export function sampleTraces(options: SampleOptions & { readonly spans: number }): Traces {
  const { spans, startMs = defaultStartMs } = options;
  const random = generator(options.seed);
  const traces = Traces.create();
  const scopes = services.map((service) =>
    traces
      .addResourceSpans({ resource: { attributes: resourceOf(service) } })
      .addScope({ scope: { name: '@shop/http', version: '1.4.0' } }),
  );
  let traceId = '';
  let parents: string[] = [];
  for (let n = 0; n < spans; n++) {
    if (n % spansPerTrace === 0) {
      traceId = hex(random, 32);
      parents = [];
    }
    const isRoot = parents.length === 0;
    const spanId = hex(random, 16);
    const hasFailed = random() < 0.05;
    const route = pick(routes, random);
    const startTimeUnixNano = nanos(startMs + n, random);
    const kind: SpanKind = isRoot ? 'server' : pick(['client', 'internal', 'server'] as const, random);
    scopes[isRoot ? 0 : Math.floor(random() * scopes.length)]!.add({
      traceId,
      spanId,
      ...(!isRoot && { parentSpanId: pick(parents, random) }),
      name: `GET ${route}`,
      kind,
      startTimeUnixNano,
      endTimeUnixNano: startTimeUnixNano + BigInt(Math.floor(50_000 + random() ** 4 * 2e9)),
      attributes: {
        'http.request.method': 'GET',
        'http.route': route,
        'http.response.status_code': hasFailed ? 500 : 200,
        'user.id': `u${Math.floor(random() * 10_000)}`,
      },
      ...(hasFailed && { status: { code: 'error', message: 'upstream timed out' } }),
    });
    parents.push(spanId);
  }
  return traces;
}

/** Counters of requests, one data point a service and route in turn. */
export function sampleMetrics(options: SampleOptions & { readonly dataPoints: number }): Metrics {
  const { dataPoints, startMs = defaultStartMs } = options;
  const random = generator(options.seed);
  const metrics = Metrics.create();
  const scopes = services.map((service) =>
    metrics
      .addResourceMetrics({ resource: { attributes: resourceOf(service) } })
      .addScope({ scope: { name: '@shop/http', version: '1.4.0' } }),
  );
  for (let n = 0; n < dataPoints; n++) {
    scopes[n % scopes.length]!.add({
      name: 'http.server.requests',
      unit: '{request}',
      sum: {
        aggregationTemporality: 'cumulative',
        isMonotonic: true,
        dataPoints: [
          {
            startTimeUnixNano: nanos(startMs),
            timeUnixNano: nanos(startMs + n * 1000),
            asInt: BigInt(Math.floor(random() * 1e6)),
            attributes: { 'http.route': pick(routes, random) },
          },
        ],
      },
    });
  }
  return metrics;
}

/** Access logs, one in twenty of which tells of an error. */
export function sampleLogs(options: SampleOptions & { readonly records: number }): Logs {
  const { records, startMs = defaultStartMs } = options;
  const random = generator(options.seed);
  const logs = Logs.create();
  const scopes = services.map((service) =>
    logs
      .addResourceLogs({ resource: { attributes: resourceOf(service) } })
      .addScope({ scope: { name: '@shop/access', version: '1.4.0' } }),
  );
  for (let n = 0; n < records; n++) {
    const hasFailed = random() < 0.05;
    const route = pick(routes, random);
    scopes[Math.floor(random() * scopes.length)]!.add({
      timeUnixNano: nanos(startMs + n, random),
      severityNumber: hasFailed ? 'error' : 'info',
      severityText: hasFailed ? 'ERROR' : 'INFO',
      body: `GET ${route} ${hasFailed ? 500 : 200} in ${Math.floor(random() * 900)} ms`,
      attributes: { 'http.route': route },
    });
  }
  return logs;
}

const defaultStartMs = Date.UTC(2026, 0, 1);

function resourceOf(service: string): Readonly<Record<string, string>> {
  return { 'service.name': service, 'service.version': '2.3.1', 'deployment.environment.name': 'test' };
}

function nanos(ms: number, random?: () => number): bigint {
  return BigInt(ms) * 1_000_000n + BigInt(Math.floor((random?.() ?? 0) * 1e6));
}

function hex(random: () => number, digits: number): string {
  let text = '';
  while (text.length < digits)
    text += Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  return text;
}

function pick<T>(from: readonly T[], random: () => number): T {
  return from[Math.floor(random() * from.length)]!;
}

/** Uniform in [0, 1), the same for the same seed (mulberry32). */
function generator(seed: number = 1): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
