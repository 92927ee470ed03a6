import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** Frame types and flags of HTTP/2 that are used here (RFC 9113, section 6). */
export const frameType = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;
export const endStream = 1;
export const endHeaders = 4;
/** Of SETTINGS and PING, the bit of `endStream`. */
export const acknowledges = 1;

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

export function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Buffer = Buffer.alloc(0),
): Buffer {
  const header = Buffer.alloc(9);
  header.writeUIntBE(payload.length, 0, 3);
  header[3] = type;
  header[4] = flags;
  header.writeUInt32BE(stream, 5);
  return Buffer.concat([header, payload]);
}

/** A gRPC frame: flag, length, bytes. */
export function grpcFrame(message: Uint8Array, flag = 0, length: number = message.byteLength): Buffer {
  const header = Buffer.alloc(5);
  header[0] = flag;
  header.writeUInt32BE(length, 1);
  return Buffer.concat([header, message]);
}

/** Headers of a call, as literals of fewer than 127 bytes each (RFC 7541, section 6.2.2). */
export function grpcHeaders(path: string, more: Readonly<Record<string, string>> = {}): Buffer {
  const fields = {
    ':method': 'POST',
    ':scheme': 'http',
    ':path': path,
    ':authority': 'test',
    'content-type': 'application/grpc',
    te: 'trailers',
    ...more,
  };
  return Buffer.concat(
    Object.entries(fields).flatMap(([name, value]) => [
      Buffer.from([0, name.length]),
      Buffer.from(name),
      Buffer.from([value.length]),
      Buffer.from(value),
    ]),
  );
}

/** A client that writes what it is told, and shows the frames that come. */
export class RawHttp2 {
  readonly socket: Socket;
  #pending = Buffer.alloc(0);
  readonly #frames: Frame[] = [];
  readonly #waiting: (() => void)[] = [];
  isClosed = false;

  constructor(address: string) {
    const port = Number(address.slice(address.lastIndexOf(':') + 1));
    this.socket = connect(port, '127.0.0.1');
    onTestFinished(() => void this.socket.destroy());
    this.socket.on('data', (bytes: Buffer) => this.#take(bytes)).on('error', () => {});
    this.socket.on('close', () => {
      this.isClosed = true;
      this.#wake();
    });
    this.socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    this.socket.write(frame(frameType.settings, 0, 0));
  }

  /** All that came and was not taken by {@link next}. */
  get frames(): readonly Frame[] {
    return this.#frames;
  }

  /** The next frame that `wanted` takes; `undefined` where the connection ended first. */
  async next(wanted: (frame: Frame) => boolean): Promise<Frame | undefined> {
    for (;;) {
      const index = this.#frames.findIndex(wanted);
      if (index >= 0) return this.#frames.splice(0, index + 1).at(-1);
      if (this.isClosed) return undefined;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #take(bytes: Buffer): void {
    this.#pending = Buffer.concat([this.#pending, bytes]);
    while (this.#pending.length >= 9) {
      const end = 9 + this.#pending.readUIntBE(0, 3);
      if (this.#pending.length < end) break;
      this.#frames.push({
        type: this.#pending[3]!,
        flags: this.#pending[4]!,
        stream: this.#pending.readUInt32BE(5),
        payload: this.#pending.subarray(9, end),
      });
      this.#pending = this.#pending.subarray(end);
    }
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
