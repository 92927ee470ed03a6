import { Traces } from '@tributary/pdata';

const spansPerTrace = 8;

/** The key that the rows look for: the last but one of each span's attributes. */
export const soughtKey = 'http.response.status_code';

/** An export request of a web service: spans of about 450 bytes, ten attributes each. The same for the same seed. */
export function makeRequest(spans: number, seed: number): Uint8Array {
  const traces = Traces.create();
  const scope = traces
    .addResourceSpans({ resource: { attributes: { 'service.name': 'checkout', 'host.name': 'node-17' } } })
    .addScope({ scope: { name: '@opentelemetry/instrumentation-http', version: '0.223.0' } });
  const hex = hexadecimal(seed);
  let traceId = '';
  for (let i = 0; i < spans; i++) {
    if (i % spansPerTrace === 0) traceId = hex(32);
    const start = 1_700_000_000_000_000_000n + BigInt(i) * 1_234_567n;
    scope.add({
      name: 'GET /api/v1/orders/{id}',
      traceId,
      spanId: hex(16),
      parentSpanId: hex(16),
      kind: 'server',
      startTimeUnixNano: start,
      endTimeUnixNano: start + 7_654_321n,
      status: i % 20 === 0 ? { code: 'error', message: 'timeout' } : { code: 'unset' },
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
    });
  }
  return traces.toBytes();
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
