/**
 * As much of HTTP/2 (RFC 9113) as a load and a backend need that must cost less than what they measure: frames
 * over plain sockets, whose bytes are made once.
 */

export const frameType = {
  data: 0,
  headers: 1,
  reset: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
} as const;
export const flag = { endStream: 1, ack: 1, endHeaders: 4, padded: 8 } as const;
export const setting = { maxConcurrentStreams: 3, initialWindow: 4 } as const;

export const preface: Buffer = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
export const frameHeadBytes = 9;
/** The largest payload that everybody takes. */
export const maxPayloadBytes = 16_384;
export const defaultWindowBytes = 65_535;

export function frame(type: number, flags: number, stream: number, payload: Uint8Array): Buffer {
  const bytes = Buffer.alloc(frameHeadBytes + payload.byteLength);
  writeFrameHead(bytes, 0, payload.byteLength, type, flags, stream);
  bytes.set(payload, frameHeadBytes);
  return bytes;
}

export function writeFrameHead(
  bytes: Buffer,
  at: number,
  length: number,
  type: number,
  flags: number,
  stream: number,
): void {
  bytes.writeUIntBE(length, at, 3);
  bytes[at + 3] = type;
  bytes[at + 4] = flags;
  bytes.writeUInt32BE(stream, at + 5);
}

export function settingsFrame(settings: readonly (readonly [id: number, value: number])[]): Buffer {
  const payload = Buffer.alloc(settings.length * 6);
  settings.forEach(([id, value], i) => {
    payload.writeUInt16BE(id, i * 6);
    payload.writeUInt32BE(value, i * 6 + 2);
  });
  return frame(frameType.settings, 0, 0, payload);
}

export function windowUpdate(stream: number, bytes: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(bytes);
  return frame(frameType.windowUpdate, 0, stream, payload);
}

/** A block of header fields that neither uses nor fills the table of the peer (RFC 7541, 6.2.2). */
export function headerBlock(fields: Readonly<Record<string, string>>): Buffer {
  return Buffer.concat(Object.entries(fields).map(([name, value]) => literal(0x00, name, value)));
}

/**
 * A block that puts its fields into the table of the peer, and the block that means the same from then on: what
 * any client comes to that sends the same headers again and again (RFC 7541, 6.2.1 and 6.1).
 */
export function indexedHeaderBlocks(fields: Readonly<Record<string, string>>): {
  readonly first: Buffer;
  readonly next: Buffer;
} {
  const entries = Object.entries(fields);
  // The newest entry stands behind the 61 that are there from the start.
  const next = Buffer.from(entries.map((_, i) => 0x80 | (61 + entries.length - i)));
  return { first: Buffer.concat(entries.map(([name, value]) => literal(0x40, name, value))), next };
}

function literal(kind: number, name: string, value: string): Buffer {
  // Below 127, a length is one byte.
  if (name.length > 126 || value.length > 126) throw new RangeError(`too long a header: ${name}`);
  return Buffer.concat([
    Buffer.from([kind, name.length]),
    Buffer.from(name, 'latin1'),
    Buffer.from([value.length]),
    Buffer.from(value, 'latin1'),
  ]);
}

/** What a {@link FrameReader} finds. */
export interface FrameListener {
  /** A piece of a DATA payload: a part of what was read. */
  data(stream: number, chunk: Buffer, start: number, end: number): void;
  /** A frame has ended; the payload of a DATA frame went to `data`. */
  frame(type: number, flags: number, stream: number, payload: Buffer): void;
}

const nothing = Buffer.alloc(0);

/** Finds the frames in what a socket reads, and copies nothing of DATA. */
export class FrameReader {
  readonly #listener: FrameListener;
  readonly #head = Buffer.alloc(frameHeadBytes);
  #headFilled = 0;
  #type = 0;
  #flags = 0;
  #stream = 0;
  #left = 0;
  #payload: Buffer = nothing;

  constructor(listener: FrameListener) {
    this.#listener = listener;
  }

  read(chunk: Buffer): void {
    for (let at = 0; at < chunk.length;) {
      if (this.#headFilled < frameHeadBytes) at = this.#readHead(chunk, at);
      else at = this.#readPayload(chunk, at);
      if (this.#headFilled === frameHeadBytes && this.#left === 0) this.#end();
    }
  }

  #readHead(chunk: Buffer, at: number): number {
    const head = this.#head;
    while (at < chunk.length && this.#headFilled < frameHeadBytes) head[this.#headFilled++] = chunk[at++]!;
    if (this.#headFilled === frameHeadBytes) {
      this.#left = (head[0]! << 16) | (head[1]! << 8) | head[2]!;
      this.#type = head[3]!;
      this.#flags = head[4]!;
      this.#stream = head.readUInt32BE(5);
      if (this.#type === frameType.data && (this.#flags & flag.padded) !== 0)
        throw new Error('padded DATA frames are not read here');
    }
    return at;
  }

  #readPayload(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + this.#left);
    this.#left -= end - at;
    if (this.#type === frameType.data) {
      this.#listener.data(this.#stream, chunk, at, end);
    } else {
      const piece = chunk.subarray(at, end);
      this.#payload = this.#payload.length === 0 ? piece : Buffer.concat([this.#payload, piece]);
    }
    return end;
  }

  #end(): void {
    const payload = this.#payload;
    this.#payload = nothing;
    this.#headFilled = 0;
    this.#listener.frame(this.#type, this.#flags, this.#stream, payload);
  }
}
