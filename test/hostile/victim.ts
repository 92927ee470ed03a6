import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemRuntime } from '@tributary/collector';
import { defaultPaths, methodPaths } from '@tributary/otlp';
import type { Signal } from '@tributary/pdata';
import { sampleTraces } from '@tributary/testkit';
import { createHttpClient, createUnaryClient, RpcError, TransportError } from '@tributary/transport';
import { forgetPeak, openDescriptors, residentMib } from '../support/process-status.js';
import { repositoryRoot } from '../support/tree.js';
import { StrictBackend } from './strict-backend.js';

const bin = path.join(repositoryRoot, 'packages/distribution/bin/tributary.js');
const tls = { insecure: true, insecure_skip_verify: false };
const startLimitMs = 30_000;
const answerLimitMs = 30_000;
/** For how long a client comes again that is told that there is no room, and how soon. */
const refusedLimitMs = 60_000;
const retryMs = 200;
const notNow: readonly Told[] = ['grpc 14', 'http 503'];

/** What a client was told: a status of gRPC or of HTTP, or that there was no answer. */
export type Told = `grpc ${number}` | `http ${number}` | 'no answer';

/** Keys of the receiver's protocols, as YAML in one line. */
export interface ReceiverKeys {
  readonly grpc?: string;
  readonly http?: string;
  /** Beside `protocols`. */
  readonly more?: string;
}

/**
 * The command `tributary` in a process of its own, as a gateway: what it takes goes through a memory limiter and
 * is merged into batches for a strict backend, whose answer its clients wait for. So what was accepted has
 * arrived, and a request that breaks a batch fails for all who are in it.
 */
export class Victim implements AsyncDisposable {
  readonly backend: StrictBackend;
  readonly grpc: string;
  readonly http: string;
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #log: string[];
  readonly #rpc;
  readonly #poster = createHttpClient({ runtime: systemRuntime(), tls, maxIdleConnections: 2 });

  private constructor(
    backend: StrictBackend,
    child: ChildProcess,
    folder: string,
    log: string[],
    addresses: { readonly grpc: string; readonly http: string },
  ) {
    this.backend = backend;
    this.grpc = addresses.grpc;
    this.http = addresses.http;
    this.#child = child;
    this.#folder = folder;
    this.#log = log;
    this.#rpc = createUnaryClient({ runtime: systemRuntime(), endpoint: this.grpc, tls });
  }

  static async start(keys: ReceiverKeys = {}): Promise<Victim> {
    const backend = await StrictBackend.start();
    const folder = mkdtempSync(path.join(tmpdir(), 'tributary-hostile-'));
    const [config, ready] = [path.join(folder, 'config.yaml'), path.join(folder, 'ready.json')];
    writeFileSync(config, configText(backend.endpoint, keys));
    const child = spawn(process.execPath, [bin, '--config', config, '--ready-file', ready], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const log: string[] = [];
    child.stderr.on('data', (piece: Buffer) => log.push(String(piece)));
    const endMs = Date.now() + startLimitMs;
    while (!existsSync(ready)) {
      if (child.exitCode !== null || Date.now() > endMs) throw new Error(`did not start: ${log.join('')}`);
      await sleep(20);
    }
    const { addresses } = JSON.parse(readFileSync(ready, 'utf8')) as {
      addresses: { otlp: { grpc: string; http: string } };
    };
    const victim = new Victim(backend, child, folder, log, addresses.otlp);
    // A collector that has served: connections are open, code is compiled, and what is usual is known.
    await Promise.all(Array.from({ length: 100 }, () => victim.tellsTheGood()));
    return victim;
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** What it wrote that no collector in order writes: errors, and what is no line of its log at all. */
  get complaints(): readonly string[] {
    return this.#log.join('').split('\n').filter(isComplaint);
  }

  /** Largest resident size since {@link forgetPeak}. */
  get peakMib(): number {
    return residentMib(this.#child.pid!, 'VmHWM');
  }

  forgetPeak(): void {
    forgetPeak(this.#child.pid!);
  }

  get descriptors(): number {
    return openDescriptors(this.#child.pid!);
  }

  /** Sends a request of a signal by gRPC, again while there is no room. */
  call(signal: Signal, message: Uint8Array): Promise<Told> {
    return persistently(async () => {
      try {
        await this.#rpc.call(methodPaths[signal], message, { timeoutMs: answerLimitMs });
        return 'grpc 0';
      } catch (error) {
        if (RpcError.is(error)) return `grpc ${error.code}`;
        throw error;
      }
    });
  }

  /** Sends a request of a signal by HTTP, again while there is no room. */
  post(signal: Signal, body: Uint8Array, headers: Readonly<Record<string, string>>): Promise<Told> {
    const call = {
      url: `http://${this.http}${defaultPaths[signal]}`,
      body,
      headers,
      timeoutMs: answerLimitMs,
    };
    return persistently(async () => {
      try {
        return `http ${(await this.#poster.post(call)).status}`;
      } catch (error) {
        if (TransportError.is(error)) return 'no answer';
        throw error;
      }
    });
  }

  /** What two good requests, one by each protocol, are told. */
  async tellsTheGood(): Promise<readonly Told[]> {
    const bytes = sampleTraces({ spans: 3 }).toBytes();
    return Promise.all([this.call('traces', bytes), this.post('traces', bytes, protobuf)]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#rpc.close();
    await this.#poster.close();
    if (this.isAlive) {
      this.#child.kill('SIGKILL');
      await once(this.#child, 'close');
    }
    await this.backend[Symbol.asyncDispose]();
    rmSync(this.#folder, { recursive: true });
  }
}

function isComplaint(line: string): boolean {
  if (line === '' || /^\{"level":"(?:info|warn)"/.test(line)) return false;
  // Whose request was under way when they left.
  return !line.includes('"error":"the caller waits no longer');
}

async function persistently(send: () => Promise<Told>): Promise<Told> {
  const endMs = Date.now() + refusedLimitMs;
  for (;;) {
    const told = await send();
    if (!notNow.includes(told) || Date.now() > endMs) return told;
    await sleep(retryMs);
  }
}

export const protobuf = { 'content-type': 'application/x-protobuf' } as const;
export const json = { 'content-type': 'application/json' } as const;

function configText(backend: string, { grpc = '', http = '', more = '' }: ReceiverKeys): string {
  const pipeline = '{ receivers: [otlp], processors: [memory_limiter, batch], exporters: [otlp_grpc] }';
  return `
receivers:
  otlp:
    protocols:
      grpc: { endpoint: "127.0.0.1:0", ${grpc} }
      http: { endpoint: "127.0.0.1:0", ${http} }
    ${more}
processors:
  memory_limiter: { check_interval: 1s, limit_mib: 256 }
  batch: { timeout: 2ms, wait_for_result: true }
exporters:
  otlp_grpc:
    endpoint: "${backend}"
    compression: none
    tls: { insecure: true }
    sending_queue: { wait_for_result: true }
service:
  telemetry: { logs: { encoding: json }, metrics: { level: none } }
  pipelines:
    traces: ${pipeline}
    metrics: ${pipeline}
    logs: ${pipeline}
    profiles: { receivers: [otlp], processors: [memory_limiter], exporters: [otlp_grpc] }
`;
}
