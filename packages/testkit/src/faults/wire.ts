/**
 * Where requests begin and end in the bytes of a connection that speaks HTTP/1.1 or HTTP/2 in plaintext. No
 * more is read than that takes, and nothing is changed: the pieces are the bytes, in order.
 */

/** Bytes that belong together. */
export interface Piece {
  readonly bytes: Buffer;
  /** A number that rises from request to request of a connection. */
  readonly request?: number;
  /** What they are of it; nothing, where they are of the connection. */
  readonly part?: 'head' | 'body' | 'answer';
}

/** Takes apart what both sides of one connection say. */
export interface Wire {
  fromClient(bytes: Buffer): Iterable<Piece>;
  fromServer(bytes: Buffer): Iterable<Piece>;
}

/** The wire that begins with these bytes; `undefined` while they are too few, an error where it is neither. */
export function wireOf(first: Buffer): Wire | Error | undefined {
  if (first.length < 3) return undefined;
  if (first.toString('latin1', 0, 3) === 'PRI') return new Http2Wire();
  if (/^[A-Z]{3}/.test(first.toString('latin1', 0, 3))) return new Http1Wire();
  return new Error(
    'a client spoke neither HTTP/1.1 nor HTTP/2 in plaintext, in which no request can be told',
  );
}

/**
 * HTTP/1.1 without pipelining, which no client of OTLP does: a request begins with what the client says after
 * an answer.
 */
class Http1Wire implements Wire {
  #request = 0;
  #state: 'idle' | 'head' | 'body' = 'idle';
  /** How much of the empty line behind the head was seen. */
  #seen = 0;

  *fromClient(bytes: Buffer): Iterable<Piece> {
    if (this.#state === 'idle') {
      this.#request++;
      this.#state = 'head';
      this.#seen = 0;
    }
    const end = this.#state === 'head' ? this.#endOfHead(bytes) : 0;
    if (end > 0) yield { bytes: bytes.subarray(0, end), request: this.#request, part: 'head' };
    if (end < bytes.length) yield { bytes: bytes.subarray(end), request: this.#request, part: 'body' };
  }

  *fromServer(bytes: Buffer): Iterable<Piece> {
    this.#state = 'idle';
    yield { bytes, request: this.#request, part: 'answer' };
  }

  #endOfHead(bytes: Buffer): number {
    for (let at = 0; at < bytes.length; at++) {
      if (bytes[at] === emptyLine.charCodeAt(this.#seen)) this.#seen++;
      else this.#seen = bytes[at] === emptyLine.charCodeAt(0) ? 1 : 0;
      if (this.#seen < emptyLine.length) continue;
      this.#state = 'body';
      return at + 1;
    }
    return bytes.length;
  }
}

const emptyLine = '\r\n\r\n';

/** HTTP/2 (RFC 9113, section 4.1): frames behind a head of nine bytes. */
class Http2Wire implements Wire {
  readonly #client = new Frames(prefaceBytes);
  readonly #server = new Frames(0);

  *fromClient(bytes: Buffer): Iterable<Piece> {
    for (const { bytes: piece, type, stream, isPayload } of this.#client.read(bytes)) {
      if (type === headersFrame || type === continuationFrame)
        yield { bytes: piece, request: stream, part: 'head' };
      else if (type === dataFrame && isPayload) yield { bytes: piece, request: stream, part: 'body' };
      else yield { bytes: piece };
    }
  }

  *fromServer(bytes: Buffer): Iterable<Piece> {
    for (const { bytes: piece, type, stream } of this.#server.read(bytes)) {
      const isAnswer = type === headersFrame || type === dataFrame;
      yield isAnswer ? { bytes: piece, request: stream, part: 'answer' } : { bytes: piece };
    }
  }
}

const prefaceBytes = 24;
const frameHeadBytes = 9;
const dataFrame = 0;
const headersFrame = 1;
const continuationFrame = 9;

/** The head of a frame, or as much of its payload as is there. */
interface FramePiece {
  readonly bytes: Buffer;
  readonly type: number | undefined;
  readonly stream: number;
  readonly isPayload: boolean;
}

class Frames {
  readonly #head: Buffer = Buffer.alloc(frameHeadBytes);
  #headSize = 0;
  /** Bytes to come of the payload, or of what stands before the first frame. */
  #left: number;
  #type: number | undefined;
  #stream = 0;

  constructor(bytesBefore: number) {
    this.#left = bytesBefore;
  }

  *read(bytes: Buffer): Iterable<FramePiece> {
    for (let at = 0; at < bytes.length;) {
      if (this.#left > 0) {
        const end = Math.min(bytes.length, at + this.#left);
        this.#left -= end - at;
        yield this.#piece(bytes.subarray(at, end), true);
        at = end;
        continue;
      }
      at += this.#readHead(bytes.subarray(at));
      // A part of a head is kept back: alone it is of no use to anybody.
      if (this.#headSize < frameHeadBytes) return;
      this.#headSize = 0;
      this.#left = this.#head.readUIntBE(0, 3);
      this.#type = this.#head[3];
      this.#stream = this.#head.readUInt32BE(5) & 0x7fffffff;
      yield this.#piece(Buffer.from(this.#head), false);
    }
  }

  #readHead(bytes: Buffer): number {
    const taken = bytes.copy(this.#head, this.#headSize);
    this.#headSize += taken;
    return taken;
  }

  #piece(bytes: Buffer, isPayload: boolean): FramePiece {
    return { bytes, type: this.#type, stream: this.#stream, isPayload };
  }
}
