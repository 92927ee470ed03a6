import { request } from 'node:http';
import {
  Client,
  credentials,
  type ChannelCredentials,
  type ClientReadableStream,
  type StatusObject,
} from '@grpc/grpc-js';
import { createCollector, type Collector } from '@tributary/collector';
import {
  defineExporter,
  type Component,
  type ComponentStatus,
  type Consumer,
  type Host,
  type Logger,
} from '@tributary/component';
import { healthCheck, type HealthCheckConfig } from '@tributary/extension-healthcheck';
import { nopExporter } from '@tributary/exporter-nop';
import { testReceiver, virtualClock, type VirtualClock } from '@tributary/testkit';
import protobuf from 'protobufjs';
import { onTestFinished } from 'vitest';
import { z } from 'zod';

/** What a test makes an exporter say and do. */
class Patient {
  host: Host | undefined;
  starting: Promise<void> | undefined;
  stopping: Promise<void> | undefined;

  report(status: ComponentStatus['status'], message = 'the backend is gone'): void {
    this.host!.report(status === 'ok' ? { status } : { status, error: new Error(message) });
  }

  /** Its start waits until the returned function is called. */
  holdStart(): () => void {
    let release!: () => void;
    this.starting = new Promise((resolve) => (release = resolve));
    return release;
  }

  /** Its shutdown waits until the returned function is called. */
  holdShutdown(): () => void {
    let release!: () => void;
    this.stopping = new Promise((resolve) => (release = resolve));
    return release;
  }
}

function part(handle: Patient): Component & Consumer<never> {
  return {
    start(host) {
      handle.host = host;
      return handle.starting;
    },
    consume() {},
    shutdown: () => handle.stopping,
  };
}

/** An exporter that is as well as the test says. */
const patient = defineExporter({
  type: 'patient',
  config: z.strictObject({}),
  handle: () => new Patient(),
  traces: ({ handle }) => part(handle),
  logs: ({ handle }) => part(handle),
});

export interface Checked {
  readonly collector: Collector;
  /** The exporter of the pipeline `traces`. */
  readonly traces: Patient;
  /** One of the exporters of `logs/audit`. */
  readonly logs: Patient;
  readonly clock: VirtualClock;
  readonly lines: readonly string[];
  /** Where it listens, by `http` and `grpc`. */
  readonly address: (listener: 'http' | 'grpc') => string;
  /** The reply to a GET. */
  readonly get: (path: string) => Promise<Reply>;
}

export interface Reply {
  readonly status: number;
  readonly type: string | undefined;
  readonly text: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** For the time of a test: a collector with a health check, and pipelines whose exporters the test makes ill. Not started. */
export function checked(config: HealthCheckConfig = {}): Checked {
  const lines: string[] = [];
  const clock = virtualClock();
  const traces = patient({}, { name: 'traces' });
  const logs = patient({}, { name: 'logs' });
  const source = testReceiver();
  const collector = createCollector({
    extensions: [healthCheck(onLoopback(config))],
    pipelines: {
      traces: { receivers: [source], exporters: [traces] },
      'logs/audit': { receivers: [source], exporters: [logs, nopExporter()] },
    },
    runtime: { clock, logger: keepingLogger(lines) },
  });
  onTestFinished(() => collector.shutdown({ graceMs: 0 }));
  const address = (listener: 'http' | 'grpc'): string =>
    collector.addresses()['health_check']?.[listener] ?? '';
  return { collector, traces, logs, clock, lines, address, get: (path) => get(address('http'), path) };
}

/** The same, started. */
export async function running(config: HealthCheckConfig = {}): Promise<Checked> {
  const all = checked(config);
  await all.collector.start();
  return all;
}

/** On a port that is free. */
function onLoopback(config: HealthCheckConfig): HealthCheckConfig {
  const endpoint = '127.0.0.1:0';
  if (config.use_v2 !== true) return { endpoint, ...config };
  return {
    ...config,
    ...(config.http && { http: { endpoint, ...config.http } }),
    ...(config.grpc && { grpc: { endpoint, ...config.grpc } }),
  };
}

function keepingLogger(lines: string[]): Logger {
  const keep =
    (level: string) =>
    (message: string): void =>
      void lines.push(`${level}: ${message}`);
  return { debug: keep('debug'), info: keep('info'), warn: keep('warn'), error: keep('error') };
}

/** Waits for real I/O to have its effect. */
export async function until(isSo: () => boolean): Promise<void> {
  for (let turn = 0; !isSo(); turn++) {
    if (turn === 100_000) throw new Error(`not so after ${turn} turns of the loop: ${String(isSo)}`);
    await new Promise(setImmediate);
  }
}

/** On a connection of its own, which is closed afterwards. */
export function get(address: string, path: string, method = 'GET'): Promise<Reply> {
  const [host, port] = address.split(':');
  return new Promise((resolve, reject) => {
    request({ host, port, path, method, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      response.on('end', () => {
        const type = response.headers['content-type'];
        const body = (type === 'application/json' && text !== '' ? JSON.parse(text) : {}) as Reply['body'];
        resolve({ status: response.statusCode!, type, text, body });
      });
    })
      .on('error', reject)
      .end();
  });
}

/** The published definition, so that both sides are not ours. */
const { root } = protobuf.parse(`
  syntax = "proto3";
  package grpc.health.v1;
  message HealthCheckRequest { string service = 1; }
  message HealthCheckResponse {
    enum ServingStatus { UNKNOWN = 0; SERVING = 1; NOT_SERVING = 2; SERVICE_UNKNOWN = 3; }
    ServingStatus status = 1;
  }
`);
const healthRequest = root.lookupType('grpc.health.v1.HealthCheckRequest');
const healthResponse = root.lookupType('grpc.health.v1.HealthCheckResponse');
const encode = (service: string): Buffer => Buffer.from(healthRequest.encode({ service }).finish());
const decode = (bytes: Buffer): string =>
  (healthResponse.toObject(healthResponse.decode(bytes), { enums: String }) as { status: string }).status;

function clientOf(address: string, by: ChannelCredentials): Client {
  const client = new Client(address, by, { 'grpc.use_local_subchannel_pool': 1 });
  onTestFinished(() => client.close());
  return client;
}

/** The serving status, or `code: message`. */
export function check(
  address: string,
  service: string | Buffer = '',
  method = 'Check',
  by: ChannelCredentials = credentials.createInsecure(),
): Promise<string> {
  const client = clientOf(address, by);
  return new Promise((resolve) => {
    client.makeUnaryRequest(
      `/grpc.health.v1.Health/${method}`,
      (asked: string | Buffer) => (typeof asked === 'string' ? encode(asked) : asked),
      decode,
      service,
      (error, status) => {
        client.close();
        resolve(error === null ? status! : `${error.code}: ${error.details}`);
      },
    );
  });
}

/** A watch by the stock client: what it has seen, one after the other. */
export class Watched {
  readonly call: ClientReadableStream<string>;
  readonly #seen: string[] = [];

  constructor(address: string, service = '') {
    this.call = clientOf(address, credentials.createInsecure()).makeServerStreamRequest(
      '/grpc.health.v1.Health/Watch',
      encode,
      decode,
      service,
    );
    this.call.on('data', (status: string) => this.#seen.push(status));
    // The end comes as a status, and where that is not OK as an error too.
    this.call.on('error', () => {});
    this.call.on('status', ({ code, details }: StatusObject) => this.#seen.push(`${code}: ${details}`));
  }

  /** The next status that comes, or how the call ended. */
  async next(): Promise<string> {
    await until(() => this.#seen.length > 0);
    return this.#seen.shift()!;
  }

  /** What has come and was not asked for. */
  get rest(): readonly string[] {
    return this.#seen;
  }
}
