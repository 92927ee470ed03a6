/**
 * Compressed messages of gRPC. @grpc/grpc-js unpacks gzip and deflate and has no
 * public way to add others. The method of a server's call that unpacks is
 * replaced here, on the single call; in a version of grpc-js that has it
 * elsewhere nothing is touched, and `false` says so.
 */
import {
  Metadata as GrpcMetadata,
  status as Status,
  type ServerInterceptingCallInterface,
} from '@grpc/grpc-js';
import { decompress } from './decompression.js';
import { asBuffer } from './grpc-bytes.js';
import type { HttpEncoding } from './http.js';

/** The values of `grpc-encoding` that we take. Go's `snappy` is the framed format, others' the block. */
const encodings: ReadonlySet<HttpEncoding> = new Set(['gzip', 'deflate', 'snappy', 'zstd']);
/** No spaces: grpc-js, as a client, does not expect any. */
const acceptEncoding = `identity,${[...encodings].join(',')}`;
const acceptHeader = 'grpc-accept-encoding';

/** Flag and length stand before every message. */
const frameHeaderBytes = 5;

/** What is replaced of a call. */
interface CallInternals {
  decompressMessage(frame: Buffer, encoding: string): Buffer | Promise<Buffer>;
  sendMetadata(metadata: GrpcMetadata): void;
}

/** Makes a call take every compression that we know; false where this grpc-js has no place for it. */
export type CallUnpacker = (call: ServerInterceptingCallInterface) => boolean;

/** For calls whose messages may have `maxBytes` when they are unpacked. */
export function createCallUnpacker(maxBytes: number): CallUnpacker {
  function unpack(frame: Buffer, encoding: string): Buffer | Promise<Buffer> {
    const message = frame.subarray(frameHeaderBytes);
    return encoding === 'identity' ? message : unpackMessage(message, encoding, maxBytes);
  }
  return (call) => {
    const internals = call as unknown as Partial<CallInternals>;
    if (typeof internals.decompressMessage !== 'function') return false;
    internals.decompressMessage = unpack;
    internals.sendMetadata = sendMetadataWithEncodings;
    return true;
  };
}

/** Tells the client what it may use. */
function sendMetadataWithEncodings(this: CallInternals, metadata: GrpcMetadata): void {
  metadata.set(acceptHeader, acceptEncoding);
  (Object.getPrototypeOf(this) as CallInternals).sendMetadata.call(this, metadata);
}

/** Rejects with a status as grpc-js takes it. */
async function unpackMessage(message: Buffer, encoding: string, maxBytes: number): Promise<Buffer> {
  if (!isEncoding(encoding)) {
    const metadata = new GrpcMetadata();
    metadata.set(acceptHeader, acceptEncoding);
    const details = `Received message compressed with unsupported encoding "${encoding}"`;
    return Promise.reject({ code: Status.UNIMPLEMENTED, details, metadata });
  }
  const outcome = await decompress(message, encoding, maxBytes);
  if (outcome instanceof Uint8Array) return asBuffer(outcome);
  return Promise.reject(
    outcome.status === 413
      ? // In the words of grpc-go, from which clients read the limit.
        {
          code: Status.RESOURCE_EXHAUSTED,
          details: `grpc: received message after decompression larger than max ${maxBytes}`,
        }
      : { code: Status.INTERNAL, details: `Failed to decompress message: ${outcome.message}` },
  );
}

function isEncoding(text: string): text is HttpEncoding {
  return (encodings as ReadonlySet<string>).has(text);
}
