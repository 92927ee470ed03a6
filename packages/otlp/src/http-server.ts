import type { Consumer } from '@tributary/component';
import type { Batch, Signal } from '@tributary/pdata';
import type { HttpHandler, HttpHead, HttpHeaders, HttpReply, HttpRequest } from '@tributary/transport';
import { statusOfCutOff, statusOfFull, statusOfUnreadable, type Answer } from './answer.js';
import { codes, httpStatusOf } from './codes.js';
import { encodeResponse, encodeResponseJson } from './partial-success.js';
import { formatRetryAfter } from './retry-after.js';
import { deliverTo, intakesOf, type Intake, type OtlpConsumers, type OtlpServerOptions } from './server.js';
import { encodeStatus, encodeStatusJson, isTooLarge, type Status } from './status.js';

/** How a request over HTTP is written, and its reply. */
export type Encoding = 'proto' | 'json';

const contentTypes: Readonly<Record<Encoding, string>> = {
  proto: 'application/x-protobuf',
  json: 'application/json',
};

/** The handler of an OTLP/HTTP server, for `createHttpServer`: a path for each signal. */
export function otlpHttpHandler(
  consumers: OtlpConsumers,
  options: OtlpServerOptions & { readonly paths: Readonly<Record<Signal, string>> },
): HttpHandler {
  const { paths, includeMetadata } = options;
  const intakes = intakesOf(consumers, options);
  // A path that a signal has by default may be given to another, while nobody takes the first.
  const servedAt = (path: string): Intake | undefined =>
    intakes.find(({ signal, consumer }) => paths[signal] === path && consumer !== undefined);
  return {
    admit(head, contentLength) {
      const intake = servedAt(head.path);
      if (intake === undefined) return notFound;
      if (head.method !== 'POST') {
        return plain(405, '405 method not allowed, supported: [POST]', { allow: 'POST' });
      }
      const encoding = encodingOf(head);
      if (encoding === undefined) {
        return plain(
          415,
          '415 unsupported media type, supported: [application/json, application/x-protobuf]',
        );
      }
      const refusal = intake.consumer?.admit?.(isCompressed(head) ? undefined : contentLength);
      return refusal && failureReply(statusOfFull(refusal.retryAfterMs), encoding);
    },
    handle(request) {
      const intake = servedAt(request.path);
      if (intake?.consumer === undefined) return notFound;
      // `admit` let nothing else pass.
      return handle(intake, intake.consumer, request, encodingOf(request)!, includeMetadata);
    },
    refuse(head, { status, message }) {
      if (status === 503) return failureReply(statusOfCutOff(message), encodingOf(head) ?? 'json');
      const code =
        status === 413 ? codes.resourceExhausted : status === 400 ? codes.invalidArgument : codes.internal;
      return failureReply({ code, message }, encodingOf(head) ?? 'json', status);
    },
  };
}

function handle(
  intake: Intake,
  consumer: Consumer<Signal>,
  request: HttpRequest,
  encoding: Encoding,
  includeMetadata: boolean,
): HttpReply | Promise<HttpReply> {
  const { signal, read } = intake;
  let batch: Batch<Signal>;
  try {
    batch = read(request.body, encoding);
  } catch (error) {
    return failureReply(statusOfUnreadable(error), encoding);
  }
  const metadata = includeMetadata ? () => metadataOf(request.headers) : undefined;
  const caller = { peer: request.peer, metadata, signal: () => request.signal };
  return deliverTo(intake, consumer, batch, caller, (answer) => replyTo(answer, signal, encoding));
}

function replyTo(answer: Answer | undefined, signal: Signal, encoding: Encoding): HttpReply {
  if (answer?.kind === 'failed') return failureReply(answer.status, encoding);
  return {
    status: 200,
    headers: { 'content-type': contentTypes[encoding] },
    body:
      encoding === 'proto' ? encodeResponse(answer?.partial) : encodeResponseJson(signal, answer?.partial),
  };
}

/** A `Status` in the encoding of the request. */
export function failureReply(
  status: Status,
  encoding: Encoding,
  httpStatus: number = httpStatusFor(status),
): HttpReply {
  const { retryAfterMs } = status;
  return {
    status: httpStatus,
    headers: {
      'content-type': contentTypes[encoding],
      ...(retryAfterMs !== undefined && { 'retry-after': formatRetryAfter(retryAfterMs) }),
    },
    body: encoding === 'proto' ? encodeStatus(status) : encodeStatusJson(status),
  };
}

/** 429 would be sent again for ever where the request is larger than somebody takes. */
function httpStatusFor(status: Status): number {
  return isTooLarge(status) ? 413 : httpStatusOf(status.code);
}

function plain(status: number, body: string, headers: HttpReply['headers'] = {}): HttpReply {
  return { status, headers: { 'content-type': 'text/plain', ...headers }, body };
}

const notFound: HttpReply = plain(404, '404 page not found');

/** Its length says nothing of its size. */
function isCompressed({ headers }: HttpHead): boolean {
  return (headers['content-encoding'] ?? 'identity') !== 'identity';
}

function encodingOf({ headers }: HttpHead): Encoding | undefined {
  const value = headers['content-type'];
  const type = typeof value === 'string' ? value.split(';', 1)[0]!.trim().toLowerCase() : undefined;
  if (type === contentTypes.proto) return 'proto';
  return type === contentTypes.json ? 'json' : undefined;
}

function metadataOf(headers: HttpHeaders): ReadonlyMap<string, readonly string[]> {
  const metadata = new Map<string, readonly string[]>();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) metadata.set(name, typeof value === 'string' ? [value] : value);
  }
  return metadata;
}
