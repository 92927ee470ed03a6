/**
 * Under measurement: the least that a collector could do on this transport. It glues the bytes of as many
 * requests as make a batch and sends them on; it checks nothing, counts nothing, and has no pipeline.
 */
import fs from 'node:fs/promises';
import {
  createHttpClient,
  createHttpServer,
  createUnaryClient,
  createUnaryServer,
  type Server,
} from '@tributary/transport';
import { systemRuntime } from '@tributary/collector';
import { ready, subjectEnv } from './subject.js';

const { PROTOCOL, BACKEND, COMPRESSION: compression } = subjectEnv;
const requestsPerBatch = Number(subjectEnv.REQUESTS_PER_BATCH);
const method = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
const batchTimeoutMs = 200;
const nothing = new Uint8Array();

const runtime = { ...systemRuntime(), fs };
const tls = { insecure: true, insecure_skip_verify: false };
const grpcClient = createUnaryClient({ runtime, endpoint: BACKEND, tls, compression });
const httpClient = createHttpClient({ runtime, tls, compression });

let pending: Uint8Array[] = [];
let timer: NodeJS.Timeout | undefined;
const sends = new Set<Promise<unknown>>();

function take(message: Uint8Array): void {
  pending.push(message);
  if (pending.length >= requestsPerBatch) flush();
  else timer ??= setTimeout(flush, batchTimeoutMs);
}

function flush(): void {
  clearTimeout(timer);
  timer = undefined;
  if (pending.length === 0) return;
  const body = Buffer.concat(pending);
  pending = [];
  const sent =
    PROTOCOL === 'grpc'
      ? grpcClient.call(method, body)
      : httpClient.post({
          url: `http://${BACKEND}/v1/traces`,
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

const servers: readonly Server[] = [
  createUnaryServer({
    runtime,
    endpoint: '127.0.0.1:0',
    methods: new Map([
      [
        method,
        {
          handle({ message }) {
            take(message);
            return nothing;
          },
        },
      ],
    ]),
  }),
  createHttpServer({
    runtime,
    endpoint: '127.0.0.1:0',
    maxBodyBytes: 20 << 20,
    handler: {
      handle({ body }) {
        take(body);
        return { status: 200, body: nothing };
      },
      refuse: (_, { status, message }) => ({ status, body: message }),
    },
  }),
];
const [grpc, http] = await Promise.all(servers.map((server) => server.listen()));
ready({ grpc: grpc!, http: http! }, async () => {
  const grace = AbortSignal.timeout(10_000);
  await Promise.all(servers.map((server) => server.close(grace)));
  flush();
  await Promise.all(sends);
  grpcClient.close();
  await httpClient.close();
});
