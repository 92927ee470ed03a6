/** Requests as they go over the socket, made once; only the numbers in them change from one to the next. */
import { defaultPaths, methodPaths } from '@tributary/otlp';
import {
  flag,
  frame,
  frameHeadBytes,
  frameType,
  indexedHeaderBlocks,
  maxPayloadBytes,
  writeFrameHead,
} from '../wire/http2.js';
import { eachNumber, writeNumber, type SignalName } from './items.js';
import type { Compression } from '../packing.js';

/** What a request is, whichever way it goes. */
export interface Body {
  readonly bytes: Uint8Array;
  /** Where the numbers of its items stand; none in a packed one. */
  readonly numbers: readonly number[];
}

export function makeBody(signal: SignalName, request: Uint8Array): Body {
  const numbers: number[] = [];
  eachNumber(signal, request, (at) => numbers.push(at));
  return { bytes: request, numbers };
}

/** Gives the items of a request the numbers from `first` on. */
export function renumber({ bytes, numbers }: Body, first: number): void {
  for (let i = 0; i < numbers.length; i++) writeNumber(bytes, numbers[i]!, first + i);
}

/** The frames of a request to a gRPC server: the headers, with the block of all but the first, and the message. */
export interface GrpcRequest extends Body {
  /** Where each frame ends. */
  readonly ends: readonly number[];
}

/** The headers of every such request: of the first on a connection, and of those that follow it. */
export function grpcHeaders(
  signal: SignalName,
  compression: Compression,
  authority: string,
): { readonly first: Buffer; readonly next: Buffer } {
  return indexedHeaderBlocks({
    ':method': 'POST',
    ':scheme': 'http',
    ':path': methodPaths[signal],
    ':authority': authority,
    'content-type': 'application/grpc',
    te: 'trailers',
    'grpc-timeout': '10S',
    ...(compression !== 'none' && { 'grpc-encoding': compression }),
    'user-agent': 'tributary-bench',
  });
}

/** A request in frames; no number crosses the border of two. */
export function grpcRequest(body: Body, isPacked: boolean, headers: Buffer): GrpcRequest {
  const message = Buffer.alloc(5 + body.bytes.byteLength);
  message[0] = isPacked ? 1 : 0;
  message.writeUInt32BE(body.bytes.byteLength, 1);
  message.set(body.bytes, 5);
  const pieces = [frame(frameType.headers, flag.endHeaders, 0, headers)];
  const numbers: number[] = [];
  let size = pieces[0]!.length;
  const ends = [size];
  for (let at = 0, next = 0; at < message.length;) {
    let end = Math.min(at + maxPayloadBytes, message.length);
    const before = size + frameHeadBytes - at;
    for (; next < body.numbers.length; next++) {
      const number = body.numbers[next]! + 5;
      if (number >= end) break;
      if (number + 4 > end) {
        end = number;
        break;
      }
      numbers.push(number + before);
    }
    const piece = Buffer.alloc(frameHeadBytes + end - at);
    writeFrameHead(piece, 0, end - at, frameType.data, end === message.length ? flag.endStream : 0, 0);
    piece.set(message.subarray(at, end), frameHeadBytes);
    pieces.push(piece);
    size += piece.length;
    ends.push(size);
    at = end;
  }
  return { bytes: Buffer.concat(pieces), numbers, ends };
}

/** Makes the request one of this stream. */
export function setStream({ bytes, ends }: GrpcRequest, stream: number): void {
  let start = 0;
  for (const end of ends) {
    bytes[start + 5] = stream >>> 24;
    bytes[start + 6] = stream >>> 16;
    bytes[start + 7] = stream >>> 8;
    bytes[start + 8] = stream;
    start = end;
  }
}

/** The request to an HTTP server. */
export function httpRequest(
  body: Body,
  signal: SignalName,
  compression: Compression,
  authority: string,
): Body {
  const head = Buffer.from(
    [
      `POST ${defaultPaths[signal]} HTTP/1.1`,
      `host: ${authority}`,
      'content-type: application/x-protobuf',
      ...(compression === 'none' ? [] : [`content-encoding: ${compression}`]),
      `content-length: ${body.bytes.byteLength}`,
      'user-agent: tributary-bench',
      '\r\n',
    ].join('\r\n'),
  );
  return {
    bytes: Buffer.concat([head, body.bytes]),
    numbers: body.numbers.map((at) => at + head.length),
  };
}
