import { Traces, type SpanInit } from '@tributary/pdata';

/** Makes an export request of `spans` spans of about 450 bytes each, the same for the same `seed`. */
export function makeRequest(spans: number, seed: number): Uint8Array {
  let state = seed + 1;
  const random = (): number => (state = (state * 48_271) % 0x7fff_ffff);
  const hex = (digits: number): string => {
    let text = '';
    while (text.length < digits) text += random().toString(16).padStart(8, '0');
    return text.slice(0, digits);
  };
  const traces = Traces.create();
  const group = traces.addResourceSpans();
  group.resource.attributes.set('service.name', 'checkout');
  group.resource.attributes.set('host.name', 'node-17');
  const scope = group.addScope();
  scope.scope.name = 'http-server';
  const start = 1_700_000_000_000_000_000n;
  for (let i = 0; i < spans; i++) {
    const began = start + BigInt(random());
    const span: SpanInit = {
      name: 'GET /api/v1/orders/{id}',
      traceId: hex(32),
      spanId: hex(16),
      parentSpanId: hex(16),
      kind: 'server',
      startTimeUnixNano: began,
      endTimeUnixNano: began + BigInt(random() % 100_000_000),
      attributes: {
        'http.request.method': 'GET',
        'http.response.status_code': 200,
        'url.path': `/api/v1/orders/${hex(12)}`,
        'server.address': 'orders.internal.example',
        'server.port': 8443,
        'client.address': `10.4.${random() % 250}.${random() % 250}`,
        'network.protocol.version': '1.1',
        'user_agent.original': 'Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0',
        'thread.id': random() % 64,
      },
    };
    scope.add(span);
  }
  return traces.toBytes();
}

/** Spans in a request, told by walking its frames; 64-bit lengths and group tags do not occur here. */
export function countSpans(bytes: Uint8Array): number {
  return countFrames(bytes, 0, bytes.length, 0);
}

const tags = [10, 18, 18] as const;

function countFrames(bytes: Uint8Array, start: number, end: number, level: number): number {
  let count = 0;
  for (let position = start; position < end;) {
    const tag = bytes[position++]!;
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[position++]!;
      length |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    if (tag === tags[level]) {
      count += level === 2 ? 1 : countFrames(bytes, position, position + length, level + 1);
    }
    position += length;
  }
  return count;
}
