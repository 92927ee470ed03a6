/**
 * What passing telemetry on costs: `npm run bench`.
 *
 *     node bench/dist/pass-through.js [--short] [--check] [--peer 'command']
 *
 * Runs a collector (OTLP in, memory_limiter, batch, OTLP out) and a bare forwarder, which only glues bytes,
 * on the same transport and the same load, one after the other, five times, and prints the medians. `--peer`
 * runs another collector beside them, which must take the Collector's YAML by `--config`. `--short` runs the
 * first case, three times; `--check` exits 1 where the first case costs more than 1.6 times the forwarder.
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { systemRuntime } from '@tributary/collector';
import { createHttpClient, createUnaryClient } from '@tributary/transport';
import { startBackend, type Backend } from './pass-through/backend.js';
import { grpcSender, httpSender, measure, type Measurement, type Plan } from './pass-through/measure.js';
import { makeRequest } from './load.js';
import { startOwn, startPeer, type Subject } from './pass-through/subject-process.js';
import type { SubjectEnv } from './pass-through/subject.js';

interface Case {
  readonly name: string;
  readonly protocol: 'grpc' | 'http';
  readonly compression: 'none' | 'gzip';
  readonly spansPerRequest: number;
  readonly spans: number;
}

const cases: readonly Case[] = [
  {
    name: 'gRPC, 1,000 spans a request',
    protocol: 'grpc',
    compression: 'none',
    spansPerRequest: 1000,
    spans: 2e6,
  },
  {
    name: 'gRPC, 10 spans a request',
    protocol: 'grpc',
    compression: 'none',
    spansPerRequest: 10,
    spans: 1e5,
  },
  {
    name: 'gRPC, gzip, 1,000 spans',
    protocol: 'grpc',
    compression: 'gzip',
    spansPerRequest: 1000,
    spans: 3e5,
  },
  {
    name: 'HTTP, 1,000 spans a request',
    protocol: 'http',
    compression: 'none',
    spansPerRequest: 1000,
    spans: 2e6,
  },
  {
    name: 'HTTP, gzip, 1,000 spans',
    protocol: 'http',
    compression: 'gzip',
    spansPerRequest: 1000,
    spans: 3e5,
  },
];
/** The target of the first case: CPU time, as a multiple of the forwarder's. */
const targetRatio = 1.6;
const batchSpans = 8192;

const { values: options } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    peer: { type: 'string' },
  },
});
const rounds = options.short ? 3 : 5;
const runtime = systemRuntime();

/** The programs, by the name that the table shows. */
const subjects: Readonly<Record<string, (env: SubjectEnv) => Promise<Subject>>> = {
  forwarder: (env) => startOwn('forwarder', env),
  tributary: (env) => startOwn('collector', env),
  ...(options.peer !== undefined && { peer: (env: SubjectEnv) => startPeer(options.peer!, env) }),
};

console.log(`${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} cores, Node ${process.version}`);
console.log(`spans of 450 bytes, 8 requests under way, batches of ${batchSpans}, median of ${rounds}\n`);

for (const [index, subject] of (options.short ? cases.slice(0, 1) : cases).entries()) {
  const results = await runCase(subject);
  printCase(subject, results);
  const ratio = median(results['tributary']!, cpu) / median(results['forwarder']!, cpu);
  if (index === 0 && options.check && ratio > targetRatio) {
    console.error(`${ratio.toFixed(2)} times the forwarder's CPU time; the target is ${targetRatio}`);
    process.exitCode = 1;
  }
}

async function runCase(subject: Case): Promise<Record<string, Measurement[]>> {
  const requests = Array.from({ length: 16 }, (_, seed) => makeRequest(subject.spansPerRequest, seed + 1));
  const plan: Plan = {
    requests,
    warmUpSpans: subject.spans / 2,
    spans: subject.spans,
    concurrency: 8,
    latencyRequests: 200,
    latencyPauseMs: 5,
  };
  const results: Record<string, Measurement[]> = {};
  for (let round = 0; round < rounds; round++) {
    for (const [name, start] of Object.entries(subjects)) {
      const backend = await startBackend(runtime);
      const program = await start({
        PROTOCOL: subject.protocol,
        BACKEND: subject.protocol === 'grpc' ? backend.grpc : backend.http,
        COMPRESSION: subject.compression,
        REQUESTS_PER_BATCH: String(Math.ceil(batchSpans / subject.spansPerRequest)),
      });
      try {
        (results[name] ??= []).push(await runOnce(subject, program, backend, plan));
      } finally {
        await program.stop();
        await backend.close();
      }
    }
  }
  return results;
}

async function runOnce(
  { protocol, compression }: Case,
  program: Subject,
  backend: Backend,
  plan: Plan,
): Promise<Measurement> {
  const tls = { insecure: true, insecure_skip_verify: false };
  if (protocol === 'grpc') {
    const client = createUnaryClient({ runtime, endpoint: program.grpc, tls, compression });
    try {
      return await measure(program, grpcSender(client), backend, plan);
    } finally {
      client.close();
    }
  }
  const client = createHttpClient({ runtime, tls, compression });
  try {
    return await measure(program, httpSender(client, program.http), backend, plan);
  } finally {
    await client.close();
  }
}

function cpu(measurement: Measurement): number {
  return measurement.cpuSecondsPerMillion;
}

function median(measurements: readonly Measurement[], read: (measurement: Measurement) => number): number {
  const sorted = measurements.map(read).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

function printCase({ name }: Case, results: Readonly<Record<string, readonly Measurement[]>>): void {
  console.log(name);
  console.log('              CPU s / million   ratio   million spans/s   peak MiB   p50 ms   p99 ms');
  const base = median(results['forwarder']!, cpu);
  for (const [subject, runs] of Object.entries(results)) {
    const cells = [
      median(runs, cpu).toFixed(2).padStart(15),
      (median(runs, cpu) / base).toFixed(2).padStart(7),
      (median(runs, (run) => run.spansPerSecond) / 1e6).toFixed(2).padStart(17),
      median(runs, (run) => run.peakMib)
        .toFixed(0)
        .padStart(10),
      median(runs, (run) => run.p50Ms)
        .toFixed(1)
        .padStart(8),
      median(runs, (run) => run.p99Ms)
        .toFixed(1)
        .padStart(8),
    ];
    console.log(`  ${subject.padEnd(12)}${cells.join(' ')}`);
  }
  console.log();
}
