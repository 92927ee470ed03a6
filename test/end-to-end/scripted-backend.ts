import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client, credentials, Metadata, Server, ServerCredentials, type ServiceError } from '@grpc/grpc-js';
import protobuf from 'protobufjs';

// Servers and clients that are not ours, with the messages as Google publishes them.

const { root: messages } = protobuf.parse(`
  syntax = "proto3";
  message Status { int32 code = 1; string message = 2; repeated Any details = 3; }
  message Any { string type_url = 1; bytes value = 2; }
  message RetryInfo { Duration retry_delay = 1; }
  message Duration { int64 seconds = 1; int32 nanos = 2; }
  message ExportTraceServiceResponse { ExportTracePartialSuccess partial_success = 1; }
  message ExportTracePartialSuccess { int64 rejected_spans = 1; string error_message = 2; }
`);

export function encode(type: string, fields: object): Buffer {
  const of = messages.lookupType(type);
  return Buffer.from(of.encode(of.fromObject(fields)).finish());
}

export function decode<T>(type: string, bytes: Uint8Array): T {
  const of = messages.lookupType(type);
  return of.toObject(of.decode(bytes), { longs: Number, defaults: true }) as T;
}

export interface Partial {
  readonly rejectedSpans: number;
  readonly errorMessage: string;
}

export function partialResponse(partialSuccess: Partial): Buffer {
  return encode('ExportTraceServiceResponse', { partialSuccess });
}

const retryInfoUrl = 'type.googleapis.com/google.rpc.RetryInfo';

/** A serialised `google.rpc.Status` with a RetryInfo. */
export function statusWithRetryInfo(code: number, ms: number): Buffer {
  const retryDelay = { seconds: Math.floor(ms / 1000), nanos: (ms % 1000) * 1e6 };
  const details = [{ typeUrl: retryInfoUrl, value: encode('RetryInfo', { retryDelay }) }];
  return encode('Status', { code, message: 'says the backend', details });
}

/** Milliseconds of the RetryInfo in a status. */
function retryInfoIn(bytes: Uint8Array): number | undefined {
  const { details } = decode<{ details: { typeUrl: string; value: Uint8Array }[] }>('Status', bytes);
  const info = details.find(({ typeUrl }) => typeUrl === retryInfoUrl);
  if (info === undefined) return undefined;
  const { retryDelay } = decode<{ retryDelay: { seconds: number; nanos: number } }>('RetryInfo', info.value);
  return retryDelay.seconds * 1000 + retryDelay.nanos / 1e6;
}

const path = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
const asIs = (bytes: Buffer): Buffer => bytes;

/** What a backend by gRPC answers: a response, or a status. */
export type GrpcAnswer =
  Buffer | { readonly code: number; readonly message?: string; readonly retryMs?: number };

/** Listens until it is closed; `answer` is asked for each request that is not larger than `maxBytes`. */
export async function grpcBackend(
  answer: (request: Buffer) => GrpcAnswer,
  maxBytes: number = 64 << 20,
): Promise<{ endpoint: string; close: () => void }> {
  const server = new Server({ 'grpc.max_receive_message_length': maxBytes });
  const definition = {
    path,
    requestStream: false,
    responseStream: false,
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
  } as const;
  server.addService(
    { export: definition },
    {
      export(call: { request: Buffer }, respond: (error: object | null, response?: Buffer) => void) {
        const given = answer(call.request);
        if (Buffer.isBuffer(given)) return respond(null, given);
        const { code, message = 'says the backend', retryMs } = given;
        const metadata = new Metadata();
        if (retryMs !== undefined) {
          metadata.set('grpc-status-details-bin', statusWithRetryInfo(code, retryMs));
        }
        respond({ code, details: message, metadata });
      },
    },
  );
  return { endpoint: await bound(server), close: () => server.forceShutdown() };
}

/** Binds a server of grpc-js to a free port. */
export function bound(server: Server): Promise<string> {
  return new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
      error === null ? resolve(`127.0.0.1:${port}`) : reject(error),
    );
  });
}

/** What a backend by HTTP answers. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

export async function httpBackend(
  answer: (request: Buffer) => HttpAnswer,
): Promise<{ endpoint: string; close: () => void }> {
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const { status, headers = {}, body = '' } = answer(Buffer.concat(pieces));
      response.writeHead(status, headers).end(body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** What a client sees, by either protocol. */
export interface Seen {
  /** gRPC code; 0 is a success. */
  readonly code: number;
  readonly message: string;
  /** By HTTP. */
  readonly status?: number;
  /** RetryInfo, by gRPC. */
  readonly retryMs?: number | undefined;
  /** Header, by HTTP. */
  readonly retryAfter?: string | null;
  /** Where the response says one. */
  readonly partial?: Partial | undefined;
}

/** Calls once by the stock client. */
export async function callByGrpc(endpoint: string, request: Uint8Array): Promise<Seen> {
  const client = new Client(endpoint, credentials.createInsecure());
  try {
    return await new Promise((resolve) => {
      client.makeUnaryRequest(
        path,
        asIs,
        asIs,
        Buffer.from(request),
        { deadline: Infinity },
        (error: ServiceError | null, response?: Buffer) => {
          if (error === null) return resolve({ code: 0, message: '', partial: partialIn(response!) });
          const [details] = error.metadata.get('grpc-status-details-bin');
          const retryMs = Buffer.isBuffer(details) ? retryInfoIn(details) : undefined;
          resolve({ code: error.code, message: error.details, retryMs });
        },
      );
    });
  } finally {
    client.close();
  }
}

/** Posts protobuf once. */
export async function postByHttp(address: string, request: Uint8Array): Promise<Seen> {
  const reply = await fetch(`http://${address}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf', connection: 'close' },
    body: new Uint8Array(request),
  });
  const { status } = reply;
  const body = Buffer.from(await reply.arrayBuffer());
  const retryAfter = reply.headers.get('retry-after');
  if (status === 200) return { code: 0, message: '', status, retryAfter, partial: partialIn(body) };
  return { status, retryAfter, ...decode<{ code: number; message: string }>('Status', body) };
}

function partialIn(response: Buffer): Partial | undefined {
  const { partialSuccess } = decode<{ partialSuccess: Partial | null }>(
    'ExportTraceServiceResponse',
    response,
  );
  if (partialSuccess === null) return undefined;
  return partialSuccess.rejectedSpans === 0 && partialSuccess.errorMessage === ''
    ? undefined
    : partialSuccess;
}
