import type { Batch, Signal } from '@tributary/pdata';
import { RpcError, type RpcStatus, type UnaryMethod, type UnaryRequest } from '@tributary/transport';
import { statusOfFull, statusOfUnreadable, type Answer } from './answer.js';
import { codes } from './codes.js';
import { encodeResponse } from './partial-success.js';
import { deliverTo, intakesOf, type Intake, type OtlpConsumers, type OtlpServerOptions } from './server.js';
import { methodPaths } from './signals.js';
import { encodeStatus, type Status } from './status.js';

/** The methods of an OTLP/gRPC server, for `createUnaryServer`: one for each signal. */
export function otlpMethods(
  consumers: OtlpConsumers,
  options: OtlpServerOptions,
): ReadonlyMap<string, UnaryMethod> {
  return new Map(
    intakesOf(consumers, options).map((intake) => [methodPaths[intake.signal], methodOf(intake, options)]),
  );
}

function methodOf(intake: Intake, { includeMetadata }: OtlpServerOptions): UnaryMethod {
  const { read } = intake;
  // As grpc-js says it of methods that it does not know.
  const message = `The server does not implement the method ${methodPaths[intake.signal]}`;
  const unimplemented: RpcStatus = { code: codes.unimplemented, message };
  return {
    admit() {
      const { consumer } = intake;
      if (consumer === undefined) return unimplemented;
      const refusal = consumer.admit?.(undefined);
      return refusal && rpcStatus(statusOfFull(refusal.retryAfterMs));
    },
    handle(request: UnaryRequest) {
      const { consumer } = intake;
      if (consumer === undefined) throw new RpcError(unimplemented);
      let batch: Batch<Signal>;
      try {
        batch = read(request.message, 'proto');
      } catch (error) {
        throw new RpcError(rpcStatus(statusOfUnreadable(error)), { cause: error });
      }
      const metadata = includeMetadata ? () => request.metadata : undefined;
      const caller = { peer: request.peer, metadata, signal: () => request.signal };
      return deliverTo(intake, consumer, batch, caller, responseTo);
    },
  };
}

function responseTo(answer: Answer | undefined): Uint8Array {
  if (answer?.kind === 'failed') throw new RpcError(rpcStatus(answer.status));
  return encodeResponse(answer?.partial);
}

/**
 * A status as gRPC carries it. Only a hint needs details: code and message travel by
 * themselves. A long message is cut there, because details that exceed what clients take
 * of headers are lost whole.
 */
export function rpcStatus(status: Status): RpcStatus {
  const { code, message, retryAfterMs } = status;
  if (retryAfterMs === undefined) return { code, message };
  return { code, message, details: encodeStatus({ ...status, message: message.slice(0, maxDetailMessage) }) };
}

const maxDetailMessage = 512;
