import { Logs, Metrics, Traces } from '@tributary/pdata';

const spansPerTrace = 8;
const pointsPerMetric = 20;
const startNanos = 1_700_000_000_000_000_000n;
const resource = { attributes: { 'service.name': 'checkout', 'host.name': 'node-17' } };

// Fields are given in the order of their numbers, which is that of the wire: the load counts on it.

/** The key that the rows look for: the last but one of each span's attributes. */
export const soughtKey = 'http.response.status_code';

/**
 * An export request of a web service: spans of about 450 bytes, ten attributes each. The same for the same seed. With
 * `traces` it is spans of so many in turn; else eight of each follow one another.
 */
export function makeTraces(spans: number, seed: number, traces?: number): Uint8Array {
  const batch = Traces.create();
  const scope = batch
    .addResourceSpans({ resource })
    .addScope({ scope: { name: '@opentelemetry/instrumentation-http', version: '0.223.0' } });
  const hex = hexadecimal(seed);
  const ids = Array.from({ length: traces ?? Math.ceil(spans / spansPerTrace) }, () => hex(32));
  for (let i = 0; i < spans; i++) {
    const traceId = ids[traces === undefined ? Math.floor(i / spansPerTrace) : i % traces]!;
    const start = startNanos + BigInt(i) * 1_234_567n;
    scope.add({
      traceId,
      spanId: hex(16),
      parentSpanId: hex(16),
      name: 'GET /api/v1/orders/{id}',
      kind: 'server',
      startTimeUnixNano: start,
      endTimeUnixNano: start + 7_654_321n,
      attributes: {
        'http.request.method': 'GET',
        'http.route': '/orders/{id}',
        'url.path': `/orders/${hex(12)}`,
        'server.address': 'orders.internal',
        'server.port': 8443,
        'client.address': `10.4.${i % 250}.17`,
        'user_agent.original': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
        'tenant.tier': i % 10 === 0 ? 'gold' : 'standard',
        [soughtKey]: 200,
        'thread.id': i % 64,
      },
      status: i % 20 === 0 ? { code: 'error', message: 'timeout' } : { code: 'unset' },
    });
  }
  return batch.toBytes();
}

/** An export request of a web service: log records of about 310 bytes. The same for the same seed. */
export function makeLogs(records: number, seed: number): Uint8Array {
  const logs = Logs.create();
  const scope = logs.addResourceLogs({ resource }).addScope({ scope: { name: 'app.orders' } });
  const hex = hexadecimal(seed);
  for (let i = 0; i < records; i++) {
    const time = startNanos + BigInt(i) * 1_234_567n;
    scope.add({
      timeUnixNano: time,
      observedTimeUnixNano: time + 1_000n,
      severityNumber: i % 20 === 0 ? 'error' : 'info',
      severityText: i % 20 === 0 ? 'ERROR' : 'INFO',
      body: `order ${hex(12)} of customer ${hex(8)} took ${i % 400} ms, three items, paid by card, sent by parcel`,
      attributes: {
        'code.function.name': 'checkout.Orders.place',
        'code.file.path': '/srv/checkout/orders.ts',
        'code.line.number': 118,
        'thread.id': i % 64,
        'tenant.tier': i % 10 === 0 ? 'gold' : 'standard',
      },
      traceId: hex(32),
      spanId: hex(16),
    });
  }
  return logs.toBytes();
}

/** An export request of a web service: counters of twenty series each, data points of about 160 bytes. */
export function makeMetrics(points: number, seed: number): Uint8Array {
  const metrics = Metrics.create();
  const scope = metrics.addResourceMetrics({ resource }).addScope({ scope: { name: 'app.http' } });
  const hex = hexadecimal(seed);
  for (let made = 0; made < points; made += pointsPerMetric) {
    scope.add({
      name: `http.server.requests.${hex(8)}`,
      unit: '{request}',
      sum: {
        dataPoints: Array.from({ length: Math.min(pointsPerMetric, points - made) }, (_, i) => ({
          startTimeUnixNano: startNanos,
          timeUnixNano: startNanos + 60_000_000_000n,
          asInt: BigInt(made + i),
          attributes: {
            'http.request.method': 'GET',
            'http.route': `/orders/${i}`,
            'http.response.status_code': 200,
            'server.address': 'orders.internal',
          },
        })),
        aggregationTemporality: 'cumulative',
        isMonotonic: true,
      },
    });
  }
  return metrics.toBytes();
}

/** Digits that look random and are the same in every run; `seed` is at least 1. */
function hexadecimal(seed: number): (digits: number) => string {
  let state = seed;
  return (digits) => {
    let text = '';
    while (text.length < digits) {
      state = (state * 48_271) % 0x7fff_ffff;
      text += state.toString(16).padStart(8, '0');
    }
    return text.slice(0, digits);
  };
}
