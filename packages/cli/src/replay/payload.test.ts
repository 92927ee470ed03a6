import { Logs, Metrics, Traces } from '@tributary/pdata';
import { sampleProfiles } from '@tributary/testkit';
import { describe, expect, it } from 'vitest';
import { readPayload } from './payload.js';

const maxBytes = 10_000;
const zstdMagic = Buffer.from('28b52ffd', 'hex');

function spans(init: object): Traces {
  const traces = Traces.create();
  traces
    .addResourceSpans({ resource: { attributes: { 'service.name': 'shop' } } })
    .addScope()
    .add({ name: 'a', ...init });
  return traces;
}

function metrics(name: string): Metrics {
  const batch = Metrics.create();
  batch
    .addResourceMetrics()
    .addScope()
    .add({ name, gauge: { dataPoints: [{ asDouble: 1 }] } });
  return batch;
}

function logs(init: object): Logs {
  const batch = Logs.create();
  batch.addResourceLogs().addScope().add(init);
  return batch;
}

describe.each([
  ['spans', 'traces', spans({ traceId: '0af7651916cd43dd8448eb211c80319c', endTimeUnixNano: 5n })],
  ['spans without times', 'traces', spans({ traceId: '0af7651916cd43dd8448eb211c80319c' })],
  ['spans with a name that is not UTF-8', 'traces', spans({ name: '\ufffd', startTimeUnixNano: 5n })],
  ['a metric', 'metrics', metrics('http.server.request.duration')],
  // A trace ID has as many bytes.
  ['a metric whose name has sixteen characters', 'metrics', metrics('queue.size.bytes')],
  ['a log record', 'logs', logs({ timeUnixNano: 5n, body: 'a' })],
  // It is a span with that name as well.
  ['a log record of a body alone', 'logs', logs({ body: 'a' })],
  ['profiles', 'profiles', sampleProfiles({ samples: 3 })],
  ['an empty request', 'traces', Traces.create()],
])('%s', (_, signal, batch) => {
  it.each([
    ['protobuf', () => Buffer.from(batch.toBytes())],
    ['JSON', () => Buffer.from(batch.itemCount === 0 ? '{"resourceSpans":[]}' : batch.toJson())],
  ])(`are known as ${signal} in %s`, (__, bytes) => {
    expect(readPayload(bytes(), maxBytes).signal).toBe(signal);
  });
});

it('keys of JSON stand in any order, and in any spelling that OTLP has', () => {
  const read = (text: string): string => readPayload(Buffer.from(text), maxBytes).signal;
  expect(read('{"x":1,"resourceSpans":[]}')).toBe('traces');
  expect(read('{ "resource_spans": [] }')).toBe('traces');
  expect(read('{"dictionary":{},"resourceProfiles":[]}')).toBe('profiles');
  expect(() => read('{"resourceLogs":[')).toThrow(SyntaxError);
});

describe('zstd', () => {
  const payload = Buffer.concat([zstdMagic, Buffer.from('rest')]);

  it('is decompressed where Node can, within the bound', () => {
    const seen: unknown[] = [];
    const module = {
      zstdDecompressSync(bytes: Buffer, options: object) {
        seen.push(bytes, options);
        return Buffer.from(spans({ endTimeUnixNano: 5n }).toBytes());
      },
    };
    expect(readPayload(payload, maxBytes, module).signal).toBe('traces');
    expect(seen).toEqual([payload, { maxOutputLength: maxBytes }]);
  });

  it('is refused where it cannot, with what it needs', () => {
    expect(() => readPayload(payload, maxBytes, {})).toThrow(
      `it is compressed by zstd, which needs Node 22.15 or newer, this is ${process.versions.node}`,
    );
  });
});
