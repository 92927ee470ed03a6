/** grpc-js takes Buffers. This one sees the same memory. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Messages go in and out as the bytes that they are. */
export function identity(bytes: Buffer): Buffer {
  return bytes;
}

/** The trailer that carries a serialised `google.rpc.Status`. */
export const detailsTrailer: string = 'grpc-status-details-bin';

/** grpc's own default on every platform, for either direction. */
export const defaultMaxMessageBytes: number = 4 << 20;
