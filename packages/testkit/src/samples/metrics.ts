import { Metrics, type MetricInit } from '@tributary/pdata';
import { seededRandom } from '../random.js';
import { defaultStartMs, nanos, resourceOf, routeOf, scopeOf, services, type SampleOptions } from './shop.js';

/** Counters, gauges and histograms of requests in turn: one data point a metric, a second apart. */
export function sampleMetrics(options: SampleOptions & { readonly dataPoints: number }): Metrics {
  const { dataPoints, startMs = defaultStartMs, seed } = options;
  const random = seededRandom(seed);
  const metrics = Metrics.create();
  const scopes = services.map((service) =>
    metrics.addResourceMetrics({ resource: resourceOf(service) }).addScope({ scope: scopeOf('http') }),
  );
  for (let n = 0; n < dataPoints; n++) {
    const point = {
      startTimeUnixNano: nanos(startMs),
      timeUnixNano: nanos(startMs + n * 1000),
      attributes: { 'http.route': routeOf(random) },
    };
    const make = kinds[Math.floor(n / scopes.length) % kinds.length]!;
    scopes[n % scopes.length]!.add(make(point, random));
  }
  return metrics;
}

interface Point {
  readonly startTimeUnixNano: bigint;
  readonly timeUnixNano: bigint;
  readonly attributes: Readonly<Record<string, string>>;
}

const kinds: readonly ((point: Point, random: () => number) => MetricInit)[] = [
  (point, random) => ({
    name: 'http.server.requests',
    unit: '{request}',
    sum: {
      aggregationTemporality: 'cumulative',
      isMonotonic: true,
      dataPoints: [{ ...point, asInt: BigInt(Math.floor(random() * 1e6)) }],
    },
  }),
  (point, random) => ({
    name: 'process.memory.usage',
    unit: 'By',
    gauge: { dataPoints: [{ ...point, asDouble: Math.floor(random() * 2 ** 30) }] },
  }),
  (point, random) => {
    const bucketCounts = [0.005, 0.05, 0.5, 5].map((share) =>
      BigInt(Math.floor((random() * 100) / share ** 0.5)),
    );
    return {
      name: 'http.server.request.duration',
      unit: 's',
      histogram: {
        aggregationTemporality: 'delta',
        dataPoints: [
          {
            ...point,
            count: bucketCounts.reduce((sum, count) => sum + count),
            sum: random() * 100,
            explicitBounds: [0.01, 0.1, 1],
            bucketCounts,
          },
        ],
      },
    };
  },
];
