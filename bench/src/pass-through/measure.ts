import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpClient, UnaryClient } from '@tributary/transport';
import type { Backend } from './backend.js';
import { countSpans } from './count-spans.js';
import type { Subject } from './subject-process.js';

/** What one run of one program gives. */
export interface Measurement {
  readonly cpuSecondsPerMillion: number;
  readonly spansPerSecond: number;
  readonly peakMib: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Sends one request; resolves when it was answered. */
export type SendRequest = (body: Uint8Array) => Promise<unknown>;

export interface Plan {
  readonly requests: readonly Uint8Array[];
  /** Spans sent before anything is measured: the compiler of the runtime needs some time. */
  readonly warmUpSpans: number;
  readonly spans: number;
  /** Requests under way at a time. */
  readonly concurrency: number;
  /** Requests of the phase that measures latency, and the pause between two. */
  readonly latencyRequests: number;
  readonly latencyPauseMs: number;
}

/** Runs the load through a program and waits for all of it at the backend. */
export async function measure(
  subject: Subject,
  send: SendRequest,
  backend: Backend,
  plan: Plan,
): Promise<Measurement> {
  await flood(send, backend, plan, plan.warmUpSpans);
  const cpu = subject.cpuSeconds();
  const began = performance.now();
  const sent = await flood(send, backend, plan, plan.spans);
  const seconds = (performance.now() - began) / 1000;
  const cpuSeconds = subject.cpuSeconds() - cpu;
  const latencies = await trickle(send, backend, plan);
  return {
    cpuSecondsPerMillion: (cpuSeconds / sent) * 1e6,
    spansPerSecond: sent / seconds,
    peakMib: subject.peakMib(),
    p50Ms: latencies[Math.floor(latencies.length * 0.5)]!,
    p99Ms: latencies[Math.floor(latencies.length * 0.99)]!,
  };
}

/** Sends at least `spans` spans as fast as they are taken; resolves with their number when all have arrived. */
async function flood(send: SendRequest, backend: Backend, plan: Plan, spans: number): Promise<number> {
  const { requests, concurrency } = plan;
  const perRequest = countSpans(requests[0]!);
  const count = Math.ceil(spans / perRequest);
  const goal = backend.received() + count * perRequest;
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await send(requests[next++ % requests.length]!);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  await backend.until(goal);
  return count * perRequest;
}

/**
 * Sends one request after the other and tells how long each was under way, sorted: from the call that sends
 * it to the moment in which the backend has the whole message that carries its last span.
 */
async function trickle(send: SendRequest, backend: Backend, plan: Plan): Promise<number[]> {
  const { requests, latencyRequests, latencyPauseMs } = plan;
  const perRequest = countSpans(requests[0]!);
  const before = backend.received();
  const sentAt: number[] = [];
  const latencies: number[] = [];
  backend.onArrival((received, at) => {
    while (latencies.length < sentAt.length && before + (latencies.length + 1) * perRequest <= received) {
      latencies.push(at - sentAt[latencies.length]!);
    }
  });
  for (let i = 0; i < latencyRequests; i++) {
    sentAt.push(performance.now());
    await send(requests[i % requests.length]!);
    await sleep(latencyPauseMs);
  }
  await backend.until(before + latencyRequests * perRequest);
  backend.onArrival(undefined);
  return latencies.sort((a, b) => a - b);
}

const traceMethod = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';

export function grpcSender(client: UnaryClient): SendRequest {
  return (body) => client.call(traceMethod, body);
}

export function httpSender(client: HttpClient, address: string): SendRequest {
  const url = `http://${address}/v1/traces`;
  return async (body) => {
    const { status } = await client.post({
      url,
      body,
      headers: { 'content-type': 'application/x-protobuf' },
    });
    if (status !== 200) throw new Error(`${url} answered ${status}`);
  };
}
