import { mkdtempSync, rmSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createApiClient } from '@tributary/kubernetes';
import { createCollector, systemRuntime, type Collector } from '@tributary/collector';
import type { Logger, Runtime } from '@tributary/component';
import { Traces, type AttributesInit } from '@tributary/pdata';
import {
  createResourceDetection,
  type ResourceDetectionConfig,
  type Surroundings,
} from '@tributary/processor-resourcedetection';
import {
  memoryExporter,
  testReceiver,
  virtualClock,
  type MemorySink,
  type TestSource,
  type VirtualClock,
} from '@tributary/testkit';
import { createHttpClient } from '@tributary/transport';
import { onTestFinished } from 'vitest';
import { measured, type Measured } from '../support/measured.js';

/** What a test puts in the place of the world. */
export interface World {
  readonly surroundings?: Partial<Surroundings>;
  /** Files by path; a path that is not here does not exist. Default: those of the machine. */
  readonly files?: Readonly<Record<string, string>>;
  readonly dns?: Runtime['dns'];
  readonly env?: Readonly<Record<string, string>>;
  /** Pipelines that the processor stands in. Default traces alone. */
  readonly pipelines?: readonly ('traces' | 'metrics' | 'logs' | 'profiles')[];
}

export interface Bench {
  readonly collector: Collector;
  readonly clock: VirtualClock;
  readonly source: TestSource;
  readonly sink: MemorySink;
  readonly lines: readonly string[];
  readonly measure: () => Promise<readonly Measured[]>;
  /** Starts, while time goes on: resolves with the milliseconds that it took. */
  readonly start: () => Promise<number>;
  /** What becomes of the resource of one span. */
  readonly pass: (attributes?: AttributesInit, schemaUrl?: string) => Promise<Record<string, unknown>>;
}

/** A collector that is not started, ended with the test. */
export function bench(config: ResourceDetectionConfig, world: World = {}): Bench {
  const lines: string[] = [];
  const log =
    (level: keyof Logger) =>
    (message: string, fields?: Readonly<Record<string, unknown>>): void =>
      void lines.push(`${level}: ${message}${fields === undefined ? '' : ` ${JSON.stringify(fields)}`}`);
  const clock = virtualClock();
  const source = testReceiver();
  const sink = memoryExporter();
  const metrics = measured();
  const make = createResourceDetection({ env: world.env ?? {}, ...world.surroundings });
  const pipeline = { receivers: [source], processors: [make(config)], exporters: [sink] };
  const names = world.pipelines ?? ['traces'];
  const collector = createCollector({
    runtime: {
      clock,
      random: () => 0.5,
      meterProvider: metrics.provider,
      logger: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
      ...(world.files !== undefined && { fs: filesystem(world.files) }),
      ...(world.dns !== undefined && { dns: world.dns }),
    },
    pipelines: Object.fromEntries(names.map((name) => [name, pipeline])) as never,
  });
  onTestFinished(() => collector.shutdown({ graceMs: 0 }));
  return {
    collector,
    clock,
    source,
    sink,
    lines,
    measure: () => metrics.collect('otelcol.resourcedetection.'),
    async start() {
      const fromMs = clock.monotonic();
      let tookMs: number | undefined;
      const starting = collector.start().finally(() => (tookMs = clock.monotonic() - fromMs));
      // Awaited below; until then nobody listens.
      starting.catch(() => {});
      await advanceWhile(clock, () => tookMs === undefined);
      await starting;
      return tookMs!;
    },
    async pass(attributes = {}, schemaUrl = '') {
      sink.clear();
      const traces = Traces.create();
      const scope = traces.addResourceSpans({ resource: { attributes }, schemaUrl }).addScope();
      scope.add({ name: 'work' });
      await source.send(traces);
      const [received] = sink.batches;
      const [group] = Traces.from(received!.toBytes()).resourceSpans();
      return {
        ...Object.fromEntries(group!.resource.attributes),
        ...(group!.schemaUrl && { schemaUrl: group!.schemaUrl }),
      };
    },
  };
}

/** Lets real I/O have its turns, and then some time. */
export async function advanceWhile(clock: VirtualClock, isSo: () => boolean): Promise<void> {
  for (let turn = 0; isSo(); turn++) {
    if (turn === 20_000) throw new Error(`still so: ${String(isSo)}`);
    // Sockets of this machine answer within a few turns: time that is waited for goes on after that.
    for (let i = 0; i < 50 && isSo(); i++) await new Promise(setImmediate);
    if (isSo()) await new Promise((resolve) => setTimeout(resolve, 1));
    if (isSo() && clock.pending > 0) await clock.advance('50ms');
  }
}

function filesystem(files: Readonly<Record<string, string>>): Runtime['fs'] {
  const readFile = (file: string): Promise<string> =>
    Object.hasOwn(files, file)
      ? Promise.resolve(files[file]!)
      : Promise.reject(
          Object.assign(new Error(`ENOENT: no such file or directory, open '${file}'`), { code: 'ENOENT' }),
        );
  return { ...fs, readFile: readFile as never };
}

/** A request that came. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
}

/** How a server answers: a text, a status, both, `silence`, or as it likes. */
export type Reply =
  | string
  | number
  | readonly [status: number, text: string]
  | ((request: IncomingMessage, response: ServerResponse) => void);

export interface Server {
  /** `http://127.0.0.1:1234`, or the path of the socket file. */
  readonly url: string;
  readonly port: number;
  readonly seen: readonly Seen[];
  readonly replies: Map<string, Reply>;
}

export const silence: Reply = () => {};

/** An HTTP server with answers by path, on a free port or on a socket file; 404 for all else. Ended with the test. */
export async function server(
  replies: Readonly<Record<string, Reply>>,
  on: 'port' | 'socket' = 'port',
): Promise<Server> {
  const seen: Seen[] = [];
  const byPath = new Map(Object.entries(replies));
  const http = createServer((request, response) => {
    const { method = '', headers } = request;
    const url = (request.url ?? '').replace(/\?$/, '');
    seen.push({ method, path: url, headers });
    const reply = byPath.get(`${method} ${url}`) ?? byPath.get(url) ?? byPath.get('*') ?? 404;
    if (typeof reply === 'function') return reply(request, response);
    const [status, text] =
      typeof reply === 'string' ? [200, reply] : typeof reply === 'number' ? [reply, ''] : reply;
    response.writeHead(status).end(text);
  });
  const folder = on === 'socket' ? mkdtempSync(path.join(tmpdir(), 'detection-')) : undefined;
  const socket = folder === undefined ? undefined : path.join(folder, 'docker.sock');
  await new Promise<void>((resolve) =>
    socket === undefined ? http.listen(0, '127.0.0.1', resolve) : http.listen(socket, resolve),
  );
  onTestFinished(async () => {
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
    if (folder !== undefined) rmSync(folder, { recursive: true });
  });
  const port = socket === undefined ? (http.address() as AddressInfo).port : 0;
  return { url: socket ?? `http://127.0.0.1:${port}`, port, seen, replies: byPath };
}

/** Where nobody listens. */
export const nowhere = {
  instance: 'http://127.0.0.1:9',
  gcp: 'http://127.0.0.1:9',
  gcpCompute: 'http://127.0.0.1:9',
  docker: '/nonexistent/docker.sock',
} as const;

/** Detectors' way to an API server that is ours. */
export async function clusterAt(url: string): Promise<Pick<Surroundings, 'kubernetes'>> {
  // The HTTP client is loaded in real time, at first use: before the virtual clock goes on.
  const tls = { insecure: true, insecure_skip_verify: false };
  const client = createHttpClient({ runtime: systemRuntime(), tls });
  await client.open();
  await client.close();
  const access = { url, namespace: 'default', token: () => Promise.resolve('secret') };
  return { kubernetes: (runtime) => Promise.resolve(createApiClient({ access, runtime })) };
}
