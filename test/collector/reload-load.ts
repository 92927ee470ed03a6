import * as http from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import { createCollector, imbalances, systemRuntime, type CollectorOptions } from '@tributary/collector';
import { defineProcessor } from '@tributary/component';
import { Traces } from '@tributary/pdata';
import { batch } from '@tributary/processor-batch';
import { otlpReceiver, type OtlpReceiverConfig } from '@tributary/receiver-otlp';
import { memoryExporter, type MemorySink } from '@tributary/testkit';
import { createUnaryClient } from '@tributary/transport';
import { z } from 'zod';

const config = z.strictObject({});
const forgetful = defineProcessor({ type: 'forgetful', config, traces: () => ({ consume() {} }) });
const doubling = defineProcessor({
  type: 'doubling',
  config,
  traces: ({ next }) => ({
    async consume(traces, context) {
      await next.consume(traces.clone(), context);
      await next.consume(traces, context);
    },
  }),
});

/** What happened to the requests of {@link reloadUnderLoad}. */
export interface Outcome {
  readonly connections: number;
  readonly reloads: number;
  /** What clients saw that was not an acceptance, a line each. */
  readonly refusals: readonly string[];
  /** Acknowledged spans that are at no exporter, or at more than one. */
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  readonly imbalances: readonly string[];
}

/**
 * Reloads a collector while clients come and go, ten to a reload: each request has a connection of its own. Every
 * reload exchanges the exporter, the config of a processor and a second signal; the receiver stays.
 *
 * @param fault what is done wrong, to see that it is found: another receiver each time, at another port; data that is
 *   taken and forgotten, or sent twice
 */
export async function reloadUnderLoad(
  reloads: number,
  fault?: 'listener' | 'forget' | 'double',
): Promise<Outcome> {
  const sinks: MemorySink[] = [];
  const endpoint = '127.0.0.1:0';
  function options(n: number): CollectorOptions {
    const sink = memoryExporter({}, { name: String(n) });
    sinks.push(sink);
    const config: OtlpReceiverConfig = { protocols: { grpc: { endpoint }, http: { endpoint } } };
    const otlp = otlpReceiver({ ...config, ...(fault === 'listener' && { max_request_items: 1000 + n }) });
    const faulty = fault === 'forget' ? [forgetful()] : fault === 'double' ? [doubling()] : [];
    const waits = n % 3 === 0;
    return {
      pipelines: {
        traces: {
          receivers: [otlp],
          processors: [
            ...faulty,
            batch({ timeout: '10ms', send_batch_size: 10 + n, wait_for_result: waits }),
          ],
          exporters: [sink],
        },
        ...(n % 2 === 1 && { logs: { receivers: [otlp], exporters: [sink] } }),
      },
    };
  }
  const silent = { debug() {}, info() {}, warn() {}, error() {} };
  const runtime = systemRuntime({ logger: silent });
  const collector = createCollector({ ...options(0), runtime: { logger: silent } });
  await collector.start();
  const { grpc, http: address } = collector.addresses()['otlp']!;
  const [host, port] = address!.split(':');

  const refusals: string[] = [];
  const acknowledged: string[] = [];
  const wrong = new Set<string>();
  let connections = 0;

  async function byHttp(body: Uint8Array): Promise<string | undefined> {
    return new Promise((resolve) => {
      const headers = { 'content-type': 'application/x-protobuf' };
      const request = http.request(
        { host, port, path: '/v1/traces', method: 'POST', agent: false, headers },
        (response) => {
          response.resume();
          response.once('end', () =>
            resolve(response.statusCode === 200 ? undefined : `status ${response.statusCode}`),
          );
        },
      );
      request.once('error', ({ message }) => resolve(message));
      request.end(body);
    });
  }
  async function byGrpc(body: Uint8Array): Promise<string | undefined> {
    const tls = { insecure: true, insecure_skip_verify: false };
    const client = createUnaryClient({ runtime, endpoint: grpc!, tls });
    try {
      const path = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
      await client.call(path, body, { timeoutMs: 30_000 });
      return undefined;
    } catch (error) {
      return (error as Error).message;
    } finally {
      client.close();
    }
  }
  async function send(): Promise<void> {
    const number = connections++;
    const name = `span ${number}`;
    const traces = Traces.create();
    traces.addResourceSpans().addScope().add({ name });
    // gRPC's handshake costs more than all the rest.
    const refusal = await (number % 20 === 0 ? byGrpc : byHttp)(traces.toBytes());
    if (refusal === undefined) acknowledged.push(name);
    else refusals.push(`${name}: ${refusal}`);
  }

  const clients: Promise<void>[] = [];
  for (let n = 1; n <= reloads; n++) {
    const reload = collector.reload(options(n));
    for (let moment = 0; moment < 5; moment++) {
      clients.push(send(), send());
      await turn();
      for (const line of imbalances(collector.balance())) wrong.add(line);
    }
    await reload;
  }
  await Promise.all(clients);
  await collector.shutdown();
  for (const line of imbalances(collector.balance())) wrong.add(line);

  const times = new Map<string, number>();
  for (const sink of sinks) for (const { name } of sink.spans) times.set(name, (times.get(name) ?? 0) + 1);
  return {
    connections,
    reloads,
    refusals,
    lost: acknowledged.filter((name) => !times.has(name)),
    doubled: acknowledged.filter((name) => (times.get(name) ?? 0) > 1),
    imbalances: [...wrong],
  };
}
