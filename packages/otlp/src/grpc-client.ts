import { RpcError, type UnaryClient } from '@tributary/transport';
import { codes } from './codes.js';
import type { OtlpClient } from './client.js';
import { failureOf } from './failure.js';
import { decodeResponse } from './partial-success.js';
import { methodPaths } from './signals.js';
import { decodeStatus, type Status } from './status.js';

/** An OTLP client over a unary gRPC client. */
export function otlpGrpcClient(client: UnaryClient): OtlpClient {
  return {
    open: () => client.open(),
    async send(batch, { signal, timeoutMs }) {
      const message = batch.toBytes();
      let response: Uint8Array;
      try {
        response = await client.call(methodPaths[batch.signal], message, { signal, timeoutMs });
      } catch (cause) {
        throw RpcError.is(cause) ? failureOf(statusOf(cause), { cause, bytes: message.byteLength }) : cause;
      }
      return readResponse(response);
    },
    async close() {
      client.close();
    },
  };
}

function statusOf({ code, message, details }: RpcError): Status {
  return { code, message, retryAfterMs: details && decodeStatus(details)?.retryAfterMs };
}

function readResponse(response: Uint8Array): ReturnType<typeof decodeResponse> {
  try {
    return decodeResponse(response);
  } catch (cause) {
    const message = 'the peer answered with a message that is no response of OTLP';
    throw failureOf({ code: codes.internal, message }, { cause });
  }
}
