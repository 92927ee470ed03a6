import { once } from 'node:events';
import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import { createCollector, systemRuntime } from '@tributary/collector';
import { ConsumeError } from '@tributary/component';
import { defaultPaths, methodPaths, otlpGrpcClient, otlpHttpClient, type OtlpClient } from '@tributary/otlp';
import { createMemoryLimiter } from '@tributary/processor-memorylimiter';
import { otlpReceiver } from '@tributary/receiver-otlp';
import {
  memoryExporter,
  sampleTraces,
  virtualClock,
  type MemorySink,
  type VirtualClock,
} from '@tributary/testkit';
import { createHttpClient, createUnaryClient } from '@tributary/transport';
import { describe, expect, it, onTestFinished } from 'vitest';

const mib = 2 ** 20;
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

interface Bench {
  readonly grpc: string;
  readonly http: string;
  readonly sink: MemorySink;
  readonly clock: VirtualClock;
  /** Memory in use, as the next check finds it, which is made at once. */
  use(usedMib: number): Promise<void>;
}

/** A limiter of 100 MiB behind a real receiver. */
async function start(): Promise<Bench> {
  let usedBytes = 0;
  const limiter = createMemoryLimiter({
    memory: () => ({ usedBytes, rssBytes: usedBytes }),
    totalBytes: () => 1024 * mib,
    collectGarbage: () => undefined,
  });
  const clock = virtualClock();
  const sink = memoryExporter();
  const receiver = otlpReceiver({
    protocols: { grpc: { endpoint: '127.0.0.1:0' }, http: { endpoint: '127.0.0.1:0' } },
  });
  const collector = createCollector({
    runtime: { clock, logger: quiet },
    pipelines: {
      traces: {
        receivers: [receiver],
        processors: [limiter({ check_interval: '1s', limit_mib: 100 })],
        exporters: [sink],
      },
    },
  });
  await collector.start();
  onTestFinished(() => collector.shutdown({ graceMs: 0 }));
  const { grpc, http } = collector.addresses()['otlp']!;
  return {
    grpc: grpc!,
    http: http!,
    sink,
    clock,
    async use(usedMib) {
      usedBytes = usedMib * mib;
      await clock.advance('1s');
    },
  };
}

const runtime = systemRuntime({ logger: quiet });
const tls = { insecure: true, insecure_skip_verify: false };

const clients: readonly [name: string, make: (bench: Bench) => OtlpClient][] = [
  ['gRPC', ({ grpc }) => otlpGrpcClient(createUnaryClient({ runtime, endpoint: grpc, tls }))],
  [
    'gRPC, gzip',
    ({ grpc }) => otlpGrpcClient(createUnaryClient({ runtime, endpoint: grpc, tls, compression: 'gzip' })),
  ],
  ['HTTP, protobuf', (bench) => http(bench, 'proto', 'none')],
  ['HTTP, protobuf, gzip', (bench) => http(bench, 'proto', 'gzip')],
  ['HTTP, JSON', (bench) => http(bench, 'json', 'none')],
];

function http(
  { http: address }: Bench,
  encoding: 'proto' | 'json',
  compression: 'none' | 'gzip',
): OtlpClient {
  const urls = Object.fromEntries(
    Object.entries(defaultPaths).map(([signal, path]) => [signal, `http://${address}${path}`]),
  ) as typeof defaultPaths;
  return otlpHttpClient(createHttpClient({ runtime, tls, compression }), {
    clock: runtime.clock,
    urls,
    encoding,
  });
}

describe.each(clients)('by %s', (_, make) => {
  it('a refusal is one after which a client comes again, and it says when; then it is taken', async () => {
    const bench = await start();
    const client = make(bench);
    onTestFinished(() => client.close());
    const attempt = { signal: new AbortController().signal };
    await bench.use(90);
    const refusal: unknown = await client
      .send(sampleTraces({ spans: 100 }), attempt)
      .catch((error: unknown) => error);
    expect(ConsumeError.is(refusal)).toBe(true);
    expect(refusal).toMatchObject({ kind: 'retryable', retryAfterMs: 2000 });
    await bench.use(10);
    await client.send(sampleTraces({ spans: 100 }), attempt);
    expect(bench.sink.items).toBe(100);
  });
});

it('by gRPC it is UNAVAILABLE with a RetryInfo of two seconds in the details', async () => {
  const bench = await start();
  await bench.use(90);
  const client = new Client(bench.grpc, credentials.createInsecure());
  onTestFinished(() => client.close());
  const error = await new Promise<ServiceError>((resolve, reject) => {
    const bytes = (value: Buffer): Buffer => value;
    client.makeUnaryRequest(methodPaths.traces, bytes, bytes, Buffer.alloc(mib), new Metadata(), (failure) =>
      failure === null ? reject(new Error('it was taken')) : resolve(failure),
    );
  });
  expect(error.code).toBe(14);
  const [details] = error.metadata.get('grpc-status-details-bin') as Buffer[];
  expect(details!.toString('latin1')).toContain('type.googleapis.com/google.rpc.RetryInfo');
  // RetryInfo { retry_delay: Duration { seconds: 2, nanos: 0 } }
  expect(details!.toString('hex')).toMatch(/0a0408021000$/);
});

/** A request whose body does not come. */
function post({ http: address }: Bench, bytes: number): ClientRequest {
  const request = httpRequest(`http://${address}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf', 'content-length': bytes },
  });
  onTestFinished(() => void request.destroy());
  request.on('error', () => {});
  request.flushHeaders();
  return request;
}

async function answerTo(request: ClientRequest): Promise<IncomingMessage> {
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  return answer;
}

it('by HTTP it is 503 with Retry-After, on the headers', async () => {
  const bench = await start();
  await bench.use(90);
  const { statusCode, headers } = await answerTo(post(bench, 1000));
  expect(statusCode).toBe(503);
  expect(headers['retry-after']).toBe('2');
});

it('a request that was let in before memory was short is refused like the others where that is above the hard limit', async () => {
  const bench = await start();
  const body = Buffer.from(sampleTraces({ spans: 10 }).toBytes());
  const request = post(bench, body.byteLength);
  // It has been let in: one more of its size would be too much by now.
  request.write(body.subarray(0, 1));
  const probe = await answerTo(post(bench, 99 * mib));
  expect(probe.statusCode).toBe(503);
  await bench.use(100);
  request.end(body.subarray(1));
  const { statusCode, headers } = await answerTo(request);
  expect(statusCode).toBe(503);
  expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  expect(bench.sink.items).toBe(0);
});
