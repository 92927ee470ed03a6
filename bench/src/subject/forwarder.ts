/**
 * Under measurement: the least that a collector could do on this transport. It glues the bytes of as many
 * requests as make a batch and sends them on; it checks nothing, counts nothing, and has no pipeline.
 *
 *     node bench/dist/subject/forwarder.js '{"setup": …, "listen": …, "requestsPerBatch": 9}'
 */
import fs from 'node:fs/promises';
import { collectLater, systemRuntime } from '@tributary/collector';
import { defaultPaths, methodPaths } from '@tributary/otlp';
import {
  createHttpClient,
  createHttpServer,
  createUnaryClient,
  createUnaryServer,
  type Server,
} from '@tributary/transport';
import type { Addresses, Setup } from './yaml.js';

/** What the bench tells it. */
export interface ForwarderOptions {
  readonly setup: Setup;
  readonly listen: Addresses;
  /** It does not count items. */
  readonly requestsPerBatch: number;
}

const { setup, listen, requestsPerBatch } = JSON.parse(process.argv[2]!) as ForwarderOptions;
const { protocol, compression, backend } = setup;
const batchTimeoutMs = 200;
const nothing = new Uint8Array();

const runtime = { ...systemRuntime(), fs };
const tls = { insecure: true, insecure_skip_verify: false };
const grpcClient = createUnaryClient({ runtime, endpoint: backend, tls, compression });
const httpClient = createHttpClient({ runtime, tls, compression });
const sends = new Set<Promise<unknown>>();

/** Sends on what comes for a gRPC method or an HTTP path. */
function createForward(target: string): { take(message: Uint8Array): void; flush(): void } {
  let pending: Uint8Array[] = [];
  let timer: NodeJS.Timeout | undefined;

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    if (pending.length === 0) return;
    const body = pending.length === 1 ? pending[0]! : Buffer.concat(pending);
    pending = [];
    const sent =
      protocol === 'grpc'
        ? grpcClient.call(target, body)
        : httpClient.post({
            url: `http://${backend}${target}`,
            body,
            headers: { 'content-type': 'application/x-protobuf' },
          });
    sends.add(sent);
    sent.then(
      () => sends.delete(sent),
      (error: unknown) => {
        throw error;
      },
    );
  }

  return {
    flush,
    take(message) {
      pending.push(message);
      if (pending.length >= requestsPerBatch) flush();
      else timer ??= setTimeout(flush, batchTimeoutMs);
    },
  };
}
const forwards = new Map(
  [methodPaths, defaultPaths].flatMap((targets) =>
    Object.values(targets).map((target) => [target, createForward(target)] as const),
  ),
);

const servers: readonly Server[] = [
  createUnaryServer({
    runtime,
    endpoint: listen.grpc,
    methods: new Map(
      Object.values(methodPaths).map((method) => [
        method,
        {
          handle({ message }) {
            forwards.get(method)!.take(message);
            return nothing;
          },
        },
      ]),
    ),
  }),
  createHttpServer({
    runtime,
    endpoint: listen.http,
    maxBodyBytes: 20 << 20,
    handler: {
      handle({ path, body }) {
        forwards.get(path)!.take(body);
        return { status: 200, body: nothing };
      },
      refuse: (_, { status, message }) => ({ status, body: message }),
    },
  }),
];
// As in every program whose whole job it is.
collectLater();
await Promise.all(servers.map((server) => server.listen()));
process.once('SIGTERM', () => void end());

async function end(): Promise<void> {
  const grace = AbortSignal.timeout(10_000);
  await Promise.all(servers.map((server) => server.close(grace)));
  for (const forward of forwards.values()) forward.flush();
  await Promise.all(sends);
  grpcClient.close();
  await httpClient.close();
}
