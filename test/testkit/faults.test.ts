import { connect } from 'node:net';
import { systemRuntime } from '@tributary/collector';
import type { Clock, ConsumeError } from '@tributary/component';
import { otlpExporter, type OtlpExporterConfig } from '@tributary/exporter-otlp';
import { otlpHttpExporter } from '@tributary/exporter-otlphttp';
import {
  faultProxy,
  sampleTraces,
  seededChoice,
  testServer,
  virtualClock,
  type Fault,
  type FaultPlace,
  type FaultProxy,
  type TestServer,
  type TestSource,
  type VirtualClock,
} from '@tributary/testkit';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { direct, sending } from '../exporter-otlp/support.js';

// Faults as an exporter meets them: over real sockets, with the time of the exporter and of the network on a
// virtual clock.

interface World {
  readonly server: TestServer;
  readonly network: FaultProxy;
  readonly source: TestSource;
  readonly clock: VirtualClock;
}

type Settings = Pick<OtlpExporterConfig, 'retry_on_failure' | 'sending_queue' | 'timeout' | 'compression'>;
const outright: Settings = { ...direct, timeout: '5s', compression: 'none' };

async function world(protocol: 'grpc' | 'http', settings: Settings = outright, time?: Clock): Promise<World> {
  const server = await testServer();
  onTestFinished(() => server.close());
  const clock = virtualClock();
  const network = await faultProxy({ to: server[protocol], clock: time ?? clock });
  onTestFinished(() => network.close());
  const { endpoint } = network;
  const exporter =
    protocol === 'grpc'
      ? otlpExporter({ endpoint, tls: { insecure: true }, ...settings })
      : otlpHttpExporter({ endpoint, ...settings });
  const { source } = await sending(exporter, ['traces'], { clock: time ?? clock });
  return { server, network, source, clock };
}

const batch = sampleTraces({ spans: 20 });

/** Sends, and lets time pass once the fault has struck. */
async function outcomeOf(
  { network, source, clock }: World,
  ...passing: readonly string[]
): Promise<ConsumeError | undefined> {
  const outcome = source.send(batch.clone()).then(
    () => undefined,
    (error: ConsumeError) => error,
  );
  await vi.waitFor(() => expect(network.struck).toBe(1), { timeout: 10_000 });
  for (const by of passing) await clock.advance(by as `${number}s`);
  return outcome;
}

describe.each(['grpc', 'http'] as const)('%s: a network', (protocol) => {
  it('that has no faults lets everything pass', async () => {
    const { server, network, source } = await world(protocol);
    await source.send(batch.clone());
    network.next(undefined);
    await source.send(batch.clone());
    expect(server.batches.map((each) => each.toJson())).toEqual([batch.toJson(), batch.toJson()]);
    expect(network.struck).toBe(0);
  });

  it.each<[FaultPlace, number]>([
    ['head', 0],
    ['body', 0],
    ['answer', 20],
  ])('that is cut at the %s fails the request, of which the server has %i items', async (at, items) => {
    const here = await world(protocol);
    here.network.next({ kind: 'cut', at });
    expect(await outcomeOf(here)).toMatchObject({ kind: 'retryable' });
    expect(here.server.items).toBe(items);
    // The next connection is a new one.
    await here.source.send(batch.clone());
    expect(here.server.items).toBe(items + 20);
  });

  it.each<[FaultPlace, number]>([
    ['head', 0],
    ['body', 0],
    ['answer', 20],
  ])('that stalls at the %s is waited for until the timeout; the server has %i items', async (at, items) => {
    const here = await world(protocol);
    here.network.next({ kind: 'stall', at });
    expect(await outcomeOf(here, '5s')).toMatchObject({ kind: 'retryable' });
    expect(here.server.items).toBe(items);
  });

  it.each<FaultPlace>(['body', 'answer'])('that half-closes at the %s is seen by the client', async (at) => {
    const here = await world(protocol);
    here.network.next({ kind: 'half-close', at });
    expect(await outcomeOf(here)).toMatchObject({ kind: 'retryable' });
    await here.source.send(batch.clone());
    // What the client had sent by then may have been taken.
    expect(here.server.items).toBeGreaterThanOrEqual(at === 'answer' ? 40 : 20);
  });

  it.each<[FaultPlace, number]>([
    ['head', 0],
    ['body', 0],
    ['answer', 20],
  ])('that delays at the %s is slow and no more', async (at, items) => {
    const here = await world(protocol);
    here.network.next({ kind: 'delay', at, ms: 4000 });
    const sent = here.source.send(batch.clone());
    await vi.waitFor(() => expect(here.network.struck).toBe(1));
    await here.clock.advance('3s');
    expect(here.server.items).toBe(items);
    await here.clock.advance('1s');
    await sent;
    expect(here.server.items).toBe(20);
  });

  it('that is throttled takes the time that the bytes take', async () => {
    const here = await world(protocol, { ...outright, timeout: '6000s' });
    here.network.next({ kind: 'throttle', at: 'head', bytesPerSecond: 100 });
    let isSent = false;
    const begin = here.clock.monotonic();
    const sent = here.source.send(batch.clone()).finally(() => (isSent = true));
    while (!isSent) await here.clock.advance('100ms');
    await sent;
    expect(here.clock.monotonic() - begin).toBeGreaterThan((batch.byteLength / 100) * 1000);
    expect([here.server.items, here.network.struck]).toEqual([20, 1]);
  });

  it('whose faults come by chance costs an exporter that tries again nothing but time', async () => {
    const retry_on_failure = { initial_interval: '10ms', max_interval: '20ms' } as const;
    // In real time: virtual time would pass before a server could answer.
    const { clock } = systemRuntime();
    const settings = { retry_on_failure, timeout: '500ms' } as const;
    const { server, network, source } = await world(protocol, settings, clock);
    const faults: readonly (Fault | undefined)[] = [
      undefined,
      undefined,
      { kind: 'cut', at: 'head' },
      { kind: 'cut', at: 'body' },
      { kind: 'cut', at: 'answer' },
      // A client of gRPC that sends no pings would stay on a connection that is dead for good.
      protocol === 'http' ? { kind: 'stall', at: 'answer' } : undefined,
      { kind: 'half-close', at: 'answer' },
      { kind: 'delay', at: 'body', ms: 20 },
    ];
    network.each(seededChoice(faults, 7));
    const ids = new Set<string>();
    for (let seed = 1; seed <= 20; seed++) {
      const traces = sampleTraces({ seed, spans: 8 });
      for (const { spanId } of traces.spans()) ids.add(spanId);
      await source.send(traces);
    }
    await server.waitFor(({ spans }) => new Set(spans.map(({ spanId }) => spanId)).size === ids.size, {
      timeout: '50s',
    });
    expect(network.struck).toBeGreaterThan(0);
    expect(server.items).toBeGreaterThan(ids.size);
  });
});

describe('a status, word for word', () => {
  const mayPass = new Set([1, 4, 8, 10, 11, 14, 15]);
  const httpStatus = (code: number): number =>
    ({ 3: 400, 7: 403, 8: 429, 12: 404, 16: 401 })[code] ?? (mayPass.has(code) ? 503 : 500);

  it('is answered by gRPC, with and without a hint', async () => {
    const { server, source } = await world('grpc');
    for (let code = 1; code <= 16; code++) {
      for (const retryAfterMs of [undefined, 1500]) {
        server.answerNext({
          code,
          message: 'not today',
          ...(retryAfterMs !== undefined && { retryAfterMs }),
        });
        await expect(source.send(batch.clone())).rejects.toMatchObject({
          kind: mayPass.has(code) ? 'retryable' : 'permanent',
          status: { code, message: expect.stringContaining('not today') },
          retryAfterMs: mayPass.has(code) ? retryAfterMs : undefined,
        });
      }
    }
    await source.send(batch.clone());
    expect([server.items, server.requests.length]).toEqual([20, 33]);
  });

  it('is answered by HTTP, in protobuf and JSON', async () => {
    const server = await testServer();
    onTestFinished(() => server.close());
    for (const [type, body] of [
      ['application/x-protobuf', batch.toBytes()],
      ['application/json', batch.toJson()],
    ] as const) {
      for (let code = 1; code <= 16; code++) {
        for (const retryAfterMs of [undefined, 1500]) {
          server.answerNext({ code, ...(retryAfterMs !== undefined && { retryAfterMs }) });
          const headers = { 'content-type': type };
          const reply = await fetch(`${server.http}/v1/traces`, {
            method: 'POST',
            headers,
            body: Buffer.from(body),
          });
          const hint = retryAfterMs === undefined ? null : '2';
          const { status } = reply;
          expect([code, status, reply.headers.get('retry-after')]).toEqual([code, httpStatus(code), hint]);
          expect(reply.headers.get('content-type')).toBe(type);
          await reply.arrayBuffer();
        }
      }
    }
    expect([server.items, server.requests.length]).toEqual([0, 64]);
  });

  it('may have another status of HTTP, and stands in one line with refusals', async () => {
    const { server, source } = await world('http');
    server.answerNext({ code: 14, httpStatus: 502, times: 2 });
    server.refuseNext('permanent', { status: { code: 7, message: 'no' } });
    for (const said of ['502', '502', '403']) {
      await expect(source.send(batch.clone())).rejects.toThrow(`HTTP Status Code ${said}`);
    }
    await source.send(batch.clone());
    expect(server.items).toBe(20);
  });
});

describe('a fault proxy', () => {
  it('says which faults there cannot be, and which targets', async () => {
    const network = await faultProxy({ to: '127.0.0.1:4317' });
    onTestFinished(() => network.close());
    expect(() => network.next({ kind: 'delay', at: 'head', ms: -1 })).toThrow(
      'a delay needs milliseconds, got -1',
    );
    expect(() => network.next({ kind: 'throttle', at: 'head', bytesPerSecond: 0 })).toThrow(
      'a throttle needs at least 1 byte a second, got 0',
    );
    await expect(faultProxy({ to: 'https://a:1' })).rejects.toThrow(
      'to must be "host:port" or "http://host:port"',
    );
  });

  it('resets its clients where there is no server', async () => {
    const server = await testServer();
    await server.close();
    const network = await faultProxy({ to: server.grpc });
    const { source } = await sending(
      otlpExporter({ endpoint: network.endpoint, tls: { insecure: true }, ...direct }),
    );
    await expect(source.send(batch.clone())).rejects.toMatchObject({ kind: 'retryable' });
    await network.close();
    await network.close();
    expect(network.connections).toBe(0);
  });

  it('does not hide that a plan has failed', async () => {
    const server = await testServer();
    onTestFinished(() => server.close());
    const network = await faultProxy({ to: server.http });
    network.each(() => ({ kind: 'delay', at: 'head', ms: Number.NaN }));
    await expect(fetch(`${network.endpoint}/v1/logs`, { method: 'POST', body: '{}' })).rejects.toThrow(
      'fetch failed',
    );
    await expect(network.close()).rejects.toThrow('a delay needs milliseconds, got NaN');
  });

  it('does not hide that it could not tell the requests of a client', async () => {
    const server = await testServer();
    onTestFinished(() => server.close());
    const network = await faultProxy({ to: server.grpc });
    const [host, port] = network.endpoint.split(':');
    const socket = connect(Number(port), host).on('error', () => {});
    // How TLS begins.
    socket.write(Buffer.from([0x16, 0x03, 0x01, 0x00, 0x05]));
    await new Promise((resolve) => socket.on('close', resolve));
    await expect(network.close()).rejects.toThrow('spoke neither HTTP/1.1 nor HTTP/2 in plaintext');
  });
});

it('a seeded choice is the same for the same seed, and reaches all', () => {
  const chosen = (seed: number): string => {
    const choose = seededChoice(['a', 'b', 'c'], seed);
    return Array.from({ length: 50 }, choose).join('');
  };
  expect(chosen(3)).toBe(chosen(3));
  expect(chosen(3)).not.toBe(chosen(4));
  expect(new Set(chosen(3))).toEqual(new Set(['a', 'b', 'c']));
  expect(() => seededChoice([])).toThrow('seededChoice needs something to choose from');
});
