import { systemRuntime } from '@tributary/collector';
import { batchFactory, Traces, type Signal } from '@tributary/pdata';
import { testServer, type TestServer } from '@tributary/testkit';
import { createUnaryClient, RpcError } from '@tributary/transport';
import protobuf from 'protobufjs';
import { describe, expect, it, onTestFinished } from 'vitest';

const { root: messages } = protobuf.parse(
  `
  syntax = "proto3";
  message Status { int32 code = 1; string message = 2; repeated Any details = 3; }
  message Any { string type_url = 1; bytes value = 2; }
  message RetryInfo { Duration retry_delay = 1; }
  message Duration { int64 seconds = 1; int32 nanos = 2; }
  message Response { PartialSuccess partial_success = 1; }
  message PartialSuccess { int64 rejected = 1; string error_message = 2; }
`,
  { keepCase: true },
);
const decode = (type: string, bytes: Uint8Array): unknown => {
  const message = messages.lookupType(type);
  return message.toObject(message.decode(bytes), { longs: Number });
};

async function server(): Promise<TestServer> {
  const made = await testServer();
  onTestFinished(() => made.close());
  return made;
}

const paths: Readonly<Record<Signal, readonly [grpc: string, http: string]>> = {
  traces: ['trace.v1.TraceService', '/v1/traces'],
  metrics: ['metrics.v1.MetricsService', '/v1/metrics'],
  logs: ['logs.v1.LogsService', '/v1/logs'],
  profiles: ['profiles.v1development.ProfilesService', '/v1development/profiles'],
};

function callGrpc(endpoint: string, signal: Signal, body: Uint8Array): Promise<Uint8Array> {
  const tls = { insecure: true, insecure_skip_verify: false };
  const client = createUnaryClient({ runtime: systemRuntime(), endpoint, tls, headers: { tenant: 'a' } });
  onTestFinished(() => client.close());
  return client.call(`/opentelemetry.proto.collector.${paths[signal][0]}/Export`, body, { timeoutMs: 5000 });
}

function post(to: TestServer, signal: Signal, body: Uint8Array | string, type: string): Promise<Response> {
  const headers = { 'content-type': type, tenant: 'a' };
  return fetch(`${to.http}${paths[signal][1]}`, { method: 'POST', body, headers });
}
const protobufType = 'application/x-protobuf';

function spans(...names: readonly string[]): Traces {
  const traces = Traces.create();
  const scope = traces.addResourceSpans().addScope();
  for (const name of names) scope.add({ name });
  return traces;
}

const requests: Readonly<Record<Signal, string>> = {
  traces: '{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"a"}]}]}]}',
  metrics: '{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"a","gauge":{"dataPoints":[{}]}}]}]}]}',
  logs: '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"a"}}]}]}]}',
  profiles: '{"resourceProfiles":[{"scopeProfiles":[{"profiles":[{"samples":[{}]}]}]}]}',
};

describe.each(Object.keys(requests) as Signal[])('%s', (signal) => {
  const json = requests[signal];
  const bytes = batchFactory(signal).fromJson(json).toBytes();

  it('are kept as they came, by gRPC, HTTP/protobuf and HTTP/JSON', async () => {
    const to = await server();
    // An empty partial success, as the Collector answers.
    expect([...(await callGrpc(to.grpc, signal, bytes))]).toEqual([10, 0]);
    const binary = await post(to, signal, bytes, protobufType);
    expect([binary.status, binary.headers.get('content-type'), await binary.text()]).toEqual([
      200,
      protobufType,
      '\n\0',
    ]);
    const text = await post(to, signal, json, 'application/json; charset=utf-8');
    expect([text.status, await text.json()]).toEqual([200, { partialSuccess: {} }]);

    expect(to.batches.map((batch) => batch.toJson())).toEqual(
      [json, json, json].map((each) => batchFactory(signal).fromJson(each).toJson()),
    );
    expect(to.requests).toMatchObject([
      { signal, protocol: 'grpc', items: 1 },
      { signal, protocol: 'http/protobuf', items: 1 },
      { signal, protocol: 'http/json', items: 1 },
    ]);
    expect(to.requests.map(({ headers }) => headers.get('tenant'))).toEqual([['a'], ['a'], ['a']]);
    to.clear();
    expect([to.items, to.requests]).toEqual([0, []]);
  });
});

describe('a scripted outcome', () => {
  const bytes = spans('a', 'b', 'c').toBytes();

  it('of gRPC is a status with its details', async () => {
    const to = await server();
    to.refuseNext('refused', { message: 'queue full', retryAfterMs: 1500 });
    to.refuseNext('permanent', { message: 'no permission', status: { code: 7, message: 'x' } });
    const errorOf = async (): Promise<RpcError> => {
      const error: unknown = await callGrpc(to.grpc, 'traces', bytes).catch((thrown: unknown) => thrown);
      if (RpcError.is(error)) return error;
      throw new Error('the call succeeded');
    };
    const refused = await errorOf();
    expect(refused.code).toBe(14);
    expect(refused.message).toContain('queue full');
    const status = decode('Status', refused.details!) as {
      details: { type_url: string; value: Uint8Array }[];
    };
    expect(status).toMatchObject({ code: 14, message: 'queue full' });
    expect(status.details[0]!.type_url).toBe('type.googleapis.com/google.rpc.RetryInfo');
    expect(decode('RetryInfo', status.details[0]!.value)).toEqual({
      retry_delay: { seconds: 1, nanos: 500_000_000 },
    });
    expect((await errorOf()).code).toBe(7);
    expect([to.items, to.requests.length]).toEqual([0, 2]);
    await callGrpc(to.grpc, 'traces', bytes);
    expect(to.items).toBe(3);
  });

  it('of HTTP is a status, a body of its type and Retry-After', async () => {
    const to = await server();
    to.refuseNext('retryable', { message: 'overloaded', retryAfterMs: 1500, times: 2 });
    to.refuseNext('permanent', { message: 'bad', times: 2 });
    const binary = await post(to, 'traces', bytes, protobufType);
    expect([binary.status, binary.headers.get('retry-after')]).toEqual([503, '2']);
    expect(decode('Status', Buffer.from(await binary.arrayBuffer()))).toMatchObject({
      code: 14,
      message: 'overloaded',
    });
    const text = await post(to, 'traces', spans('a').toJson(), 'application/json');
    expect([text.status, await text.json()]).toEqual([503, { code: 14, message: 'overloaded' }]);
    expect((await post(to, 'traces', bytes, protobufType)).status).toBe(500);
    expect((await post(to, 'traces', spans('a').toJson(), 'application/json')).status).toBe(500);
  });

  it('that rejects a part is partial success', async () => {
    const to = await server();
    to.refuseNext('permanent', { message: 'too old', items: 2, times: 3 });
    const told = { partial_success: { rejected: 2, error_message: 'too old' } };
    expect(decode('Response', await callGrpc(to.grpc, 'traces', bytes))).toEqual(told);
    const binary = await post(to, 'traces', bytes, protobufType);
    expect([binary.status, decode('Response', Buffer.from(await binary.arrayBuffer()))]).toEqual([200, told]);
    const text = await post(to, 'traces', spans('a', 'b', 'c').toJson(), 'application/json');
    expect(await text.json()).toEqual({ partialSuccess: { rejectedSpans: '2', errorMessage: 'too old' } });
    expect(to.spans.map(({ name }) => name)).toEqual(['a', 'a', 'a']);
  });
});

describe('what cannot be read', () => {
  it('is refused as INVALID_ARGUMENT, or 400, and not kept', async () => {
    const to = await server();
    const broken = Uint8Array.from([0x0a, 0x05, 0x01]);
    await expect(callGrpc(to.grpc, 'traces', broken)).rejects.toMatchObject({ code: 3 });
    expect((await post(to, 'traces', broken, protobufType)).status).toBe(400);
    expect((await post(to, 'traces', '{"resourceSpans":[', 'application/json')).status).toBe(400);
    expect((await post(to, 'traces', 'hello', 'text/plain')).status).toBe(415);
    expect((await fetch(`${to.http}/v1/nothing`, { method: 'POST' })).status).toBe(404);
    expect([to.items, to.requests.length]).toEqual([0, 0]);
  });
});

it('can be waited for, and closed twice', async () => {
  const to = await testServer();
  const arrived = to.waitFor((received) => received.spans.some(({ name }) => name === 'b'));
  await callGrpc(to.grpc, 'traces', spans('a').toBytes());
  await callGrpc(to.grpc, 'traces', spans('b').toBytes());
  await arrived;
  await to.close();
  await to.close();
  await expect(callGrpc(to.grpc, 'traces', spans('c').toBytes())).rejects.toMatchObject({ code: 14 });
});
