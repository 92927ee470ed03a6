import { systemRuntime } from '@tributary/collector';
import { methodPaths } from '@tributary/otlp';
import { createUnaryServer, RpcError, type UnaryMethod } from '@tributary/transport';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eachNumber, readNumber, type SignalName } from '../../bench/src/load/items.js';
import { Load, type Traffic } from '../../bench/src/load/load.js';
import { grpcRequest, makeBody, renumber, setStream } from '../../bench/src/load/prepared.js';
import { makeLogs, makeMetrics, makeTraces } from '../../bench/src/load/telemetry.js';
import { Sink } from '../../bench/src/sink/sink.js';
import { Tally } from '../../bench/src/tally.js';
import { FrameReader, maxPayloadBytes } from '../../bench/src/wire/http2.js';

const makers = { traces: makeTraces, metrics: makeMetrics, logs: makeLogs };

/** The numbers of the items of a request. */
function numbersOf(signal: SignalName, request: Uint8Array): number[] {
  const numbers: number[] = [];
  eachNumber(signal, request, (at) => numbers.push(readNumber(request, at)));
  return numbers;
}

describe('a request of the load in frames', () => {
  it.each(['traces', 'metrics', 'logs'] as const)('has the numbers that it was given: %s', (signal) => {
    const request = grpcRequest(makeBody(signal, makers[signal](500, 1)), false, Buffer.from([0x80]));
    setStream(request, 7);
    renumber(request, 70_000);
    const pieces: Buffer[] = [];
    const lengths: number[] = [];
    const streams = new Set<number>();
    const reader = new FrameReader({
      data: (_, chunk, start, end) => pieces.push(chunk.subarray(start, end)),
      frame: (_type, _flags, stream) => streams.add(stream),
    });
    reader.read(Buffer.from(request.bytes));
    for (let i = 1; i < request.ends.length; i++) lengths.push(request.ends[i]! - request.ends[i - 1]! - 9);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(maxPayloadBytes);
    expect(lengths.length).toBeGreaterThan(3);
    expect([...streams]).toEqual([7]);
    const message = Buffer.concat(pieces).subarray(5);
    expect(numbersOf(signal, message)).toEqual(Array.from({ length: 500 }, (_, i) => 70_000 + i));
  });
});

describe('the load and the backend', () => {
  const traffic = { signal: 'traces', itemsPerRequest: 100, connections: 3 } as const;
  const ways = (['grpc', 'http'] as const).flatMap((protocol) =>
    (['none', 'gzip'] as const).map((compression) => ({ ...traffic, protocol, compression })),
  );

  it.each(ways)('count the same: $protocol, $compression', async (way: Traffic) => {
    const { tally, sink, load } = await facing(way);
    expect(await load.flood(100)).toBeGreaterThan(0);
    const flooded = tally.acceptedItems;
    await load.pace(100, 200);
    await sink.settle();
    sink.count();
    expect(tally.arrivedItems).toBe(tally.acceptedItems);
    expect(tally.compare()).toEqual({ lost: 0, twice: 0 });
    expect(tally.latencies).toHaveLength((tally.acceptedItems - flooded) / way.itemsPerRequest);
    expect(tally.latencies.length).toBeGreaterThan(0);
  });

  const status = { code: 14, message: 'not now' };
  const refusals: readonly (readonly [when: string, method: UnaryMethod])[] = [
    ['at the headers', { admit: () => status, handle: () => new Uint8Array() }],
    ['when it is read', { handle: () => Promise.reject(new RpcError(status)) }],
  ];

  it.each(refusals)('tell what is refused from what is accepted: %s', async (_, method) => {
    const server = createUnaryServer({
      runtime: systemRuntime(),
      endpoint: '127.0.0.1:0',
      methods: new Map([[methodPaths.traces, method]]),
    });
    const address = await server.listen();
    const tally = new Tally('traces', 100);
    const load = await Load.start(address, { ...traffic, protocol: 'grpc', compression: 'none' }, tally);
    onTestFinished(async () => {
      load.close();
      await server.close(AbortSignal.timeout(1000));
    });
    // Each sends at least once, and can send again.
    for (let times = 0; times < 2; times++) expect(await load.flood(10)).toBe(0);
    expect(tally.refusedRequests).toBeGreaterThanOrEqual(2 * traffic.connections);
    expect(tally.compare()).toEqual({ lost: 0, twice: 0 });
  });
});

async function facing(way: Traffic): Promise<{ tally: Tally; sink: Sink; load: Load }> {
  const tally = new Tally(way.signal, way.itemsPerRequest);
  const sink = await Sink.start({
    protocol: way.protocol,
    compression: way.compression,
    tally,
  });
  const load = await Load.start(sink.address, way, tally);
  onTestFinished(() => {
    load.close();
    sink.close();
  });
  return { tally, sink, load };
}

describe('a tally', () => {
  const request = (first: number): Uint8Array => {
    const body = makeBody('traces', makeTraces(10, 1));
    renumber(body, first);
    return body.bytes;
  };

  it('says what was accepted and has not come, what came again, and what nobody sent', () => {
    const tally = new Tally('traces', 10);
    const [first, second, third] = [tally.newRequest()!, tally.newRequest()!, tally.newRequest()!];
    tally.accept(first);
    tally.accept(second);
    tally.refuse(third, undefined);
    tally.arrive(request(0), 0);
    tally.arrive(request(0), 0);
    tally.arrive(request(1 << 30), 0);
    expect(tally.compare()).toEqual({ lost: 10, twice: 10 });
    expect(tally.strangers).toBe(10);
  });

  it('expects a request that was accepted twice to come twice', () => {
    const tally = new Tally('traces', 10);
    const number = tally.newRequest()!;
    tally.accept(number);
    tally.accept(number);
    tally.arrive(request(0), 0);
    expect(tally.compare()).toEqual({ lost: 10, twice: 0 });
  });

  it('does not read items that are not those of the load', () => {
    const other = Buffer.from(request(0));
    other[other.indexOf(Buffer.from([0x0a, 16]))] = 0x42;
    expect(() => new Tally('traces', 10).arrive(other, 0)).toThrow(RangeError);
  });
});
