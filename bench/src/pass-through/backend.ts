import { createHttpServer, createUnaryServer, type Server } from '@tributary/transport';
import type { Runtime } from '@tributary/component';
import { countSpans } from './count-spans.js';

/** A backend that counts the spans it gets, by both protocols. */
export interface Backend {
  readonly grpc: string;
  readonly http: string;
  received(): number;
  /** Resolves when so many spans have been received in all; rejects when none comes for a while. */
  until(spans: number): Promise<void>;
  /** Calls back after each message: spans received in all, and when. One listener at a time. */
  onArrival(listener: ((received: number, at: number) => void) | undefined): void;
  close(): Promise<void>;
}

const nothing = new Uint8Array();
const maxMessageBytes = 64 << 20;
const silenceMs = 10_000;

export async function startBackend(runtime: Runtime): Promise<Backend> {
  let received = 0;
  let listener: ((received: number, at: number) => void) | undefined;
  let check: () => void = () => {};
  const take = (message: Uint8Array): void => {
    received += countSpans(message);
    listener?.(received, performance.now());
    check();
  };
  const servers: readonly Server[] = [
    createUnaryServer({
      runtime,
      endpoint: '127.0.0.1:0',
      maxMessageBytes,
      methods: new Map([
        [
          '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
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
      maxBodyBytes: maxMessageBytes,
      handler: {
        handle({ body }) {
          take(body);
          return { status: 200, headers: { 'content-type': 'application/x-protobuf' }, body: nothing };
        },
        refuse: (_, { status, message }) => ({ status, body: message }),
      },
    }),
  ];
  const [grpc, http] = await Promise.all(servers.map((server) => server.listen()));
  return {
    grpc: grpc!,
    http: http!,
    received: () => received,
    until(goal) {
      return new Promise((resolve, reject) => {
        let timer: NodeJS.Timeout;
        check = () => {
          clearTimeout(timer);
          if (received >= goal) return resolve();
          timer = setTimeout(
            () => reject(new Error(`the backend has ${received} of ${goal} spans and no more come`)),
            silenceMs,
          );
        };
        check();
      });
    },
    onArrival(next) {
      listener = next;
    },
    async close() {
      await Promise.all(servers.map((server) => server.close(AbortSignal.timeout(1000))));
    },
  };
}
