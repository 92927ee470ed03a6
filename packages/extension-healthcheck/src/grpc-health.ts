/** `grpc.health.v1.Health`: https://github.com/grpc/grpc-proto/blob/master/grpc/health/v1/health.proto */
import { RpcError, type StreamMethod, type UnaryMethod } from '@tributary/transport';
import protobuf from 'protobufjs/minimal.js';
import type { HealthBook } from './health-book.js';

const serving = 1;
const notServing = 2;
const serviceUnknown = 3;

const codes = { cancelled: 1, invalidArgument: 3, notFound: 5 } as const;

/** The methods, by path. A service is the id of a pipeline, or empty for all. */
export function healthMethods(book: HealthBook): ReadonlyMap<string, UnaryMethod | StreamMethod> {
  const check: UnaryMethod = {
    handle({ message }) {
      const summary = book.summary(serviceIn(message));
      if (summary === undefined) throw new RpcError({ code: codes.notFound, message: 'Service not found.' });
      return response(book.isHealthy(summary) ? serving : notServing);
    },
  };

  const watch: StreamMethod = {
    async *stream({ message, signal }) {
      const service = serviceIn(message);
      let last: number | undefined;
      while (!signal.aborted) {
        if (book.isClosed) {
          throw new RpcError({ code: codes.cancelled, message: 'Server shutting down.' });
        }
        const summary = book.summary(service);
        const status =
          summary === undefined ? serviceUnknown : book.isHealthy(summary) ? serving : notServing;
        if (status === last) {
          await book.change(summary, signal);
        } else {
          // Time passes while it is sent: before waiting it looks again.
          last = status;
          yield response(status);
        }
      }
    },
  };

  return new Map<string, UnaryMethod | StreamMethod>([
    ['/grpc.health.v1.Health/Check', check],
    ['/grpc.health.v1.Health/Watch', watch],
  ]);
}

/** `HealthCheckRequest { string service = 1; }` */
function serviceIn(message: Uint8Array): string {
  try {
    const reader = protobuf.Reader.create(message);
    let service = '';
    while (reader.pos < reader.len) {
      const tag = reader.uint32();
      if (tag === 10) service = reader.string();
      else reader.skipType(tag & 7);
    }
    return service;
  } catch (error) {
    throw new RpcError({ code: codes.invalidArgument, message: (error as Error).message }, { cause: error });
  }
}

/** `HealthCheckResponse { ServingStatus status = 1; }` */
function response(status: number): Uint8Array {
  return Uint8Array.of(8, status);
}
