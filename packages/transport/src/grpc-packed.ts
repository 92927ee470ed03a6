/**
 * Messages packed by an algorithm that @grpc/grpc-js does not know. It frames and
 * flags messages itself and has no seam for compression; two of its habits serve:
 * it copies a message behind the flag that it has written, and adds the metadata of
 * call credentials to what is sent after its own compression has had its say.
 */
import { credentials, Metadata, type CallCredentials } from '@grpc/grpc-js';
import { asBuffer } from './grpc-bytes.js';

/** What stands before each message: a byte that says whether it is compressed, and four for its length. */
const prefixBytes = 5;

/** A message that marks itself as compressed, where it is copied behind its prefix. */
export function packedMessage(packed: Uint8Array): Buffer {
  const message = asBuffer(packed);
  const copy = message.copy.bind(message);
  message.copy = (target, start = 0, ...range) => {
    if (start === prefixBytes) target[0] = 1;
    return copy(target, start, ...range);
  };
  return message;
}

/** Names the compression of a call's messages. */
export function encodingCredentials(encoding: string): CallCredentials {
  const metadata = new Metadata();
  metadata.set('grpc-encoding', encoding);
  return credentials.createFromMetadataGenerator((_, done) => done(null, metadata));
}
