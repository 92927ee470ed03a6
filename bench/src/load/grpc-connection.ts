import type { Socket } from 'node:net';
import type { Sent } from '../tally.js';
import {
  defaultWindowBytes,
  flag,
  frame,
  frameHeadBytes,
  FrameReader,
  frameType,
  preface,
  setting,
  settingsFrame,
  windowUpdate,
} from '../wire/http2.js';
import { closeSocket, type Connection } from './connection.js';
import { setStream, type GrpcRequest } from './prepared.js';

const cancel = Buffer.from([0, 0, 0, 8]);

/** A unary gRPC client that knows only whether it was answered with a message: then the request was accepted. */
export class GrpcConnection implements Connection {
  readonly requests: readonly GrpcRequest[];
  readonly #socket: Socket;
  /** The first block of headers fills the table of the server; the requests hold the block that uses it. */
  #firstHeaders: Buffer | undefined;
  #connectionWindow = defaultWindowBytes;
  #initialWindow = defaultWindowBytes;
  #stream = -1;
  #streamWindow = 0;
  #request: GrpcRequest | undefined;
  /** Of the frames of the request, the next to be sent. */
  #next = 0;
  #writes = 0;
  #sent: Sent | undefined;
  #answered: (isAccepted: boolean) => void = () => {};
  #hasMessage = false;
  #isAnswered = false;

  constructor(socket: Socket, firstHeaders: Buffer, requests: readonly GrpcRequest[]) {
    this.#socket = socket;
    this.#firstHeaders = firstHeaders;
    this.requests = requests;
    const reader = new FrameReader({
      data: () => void (this.#hasMessage = true),
      frame: (type, flags, stream, payload) => this.#take(type, flags, stream, payload),
    });
    // What is thrown there, the caller of `open` hears.
    socket.on('data', (chunk: Buffer) => {
      try {
        reader.read(chunk);
      } catch (error) {
        socket.destroy(error as Error);
      }
    });
    // Answers are small, but there are many.
    socket.write(Buffer.concat([preface, settingsFrame([]), windowUpdate(0, 2 ** 30)]));
  }

  send(request: number, answered: (isAccepted: boolean) => void, sent?: Sent): void {
    this.#stream += 2;
    this.#streamWindow = this.#initialWindow;
    this.#request = this.requests[request]!;
    this.#next = 0;
    this.#sent = sent;
    this.#answered = answered;
    this.#hasMessage = false;
    this.#isAnswered = false;
    setStream(this.#request, this.#stream);
    if (this.#firstHeaders !== undefined) {
      this.#write(frame(frameType.headers, flag.endHeaders, this.#stream, this.#firstHeaders));
      this.#firstHeaders = undefined;
      this.#next = 1;
    }
    this.#push();
  }

  close(): void {
    closeSocket(this.#socket);
  }

  /** Sends as much of the request as the windows of the server let through. */
  #push(): void {
    if (this.#request === undefined) return;
    const { bytes, ends } = this.#request;
    const first = this.#next;
    const start = first === 0 ? 0 : ends[first - 1]!;
    for (; this.#next < ends.length; this.#next++) {
      // The headers do not count.
      if (this.#next === 0) continue;
      const size = ends[this.#next]! - ends[this.#next - 1]! - frameHeadBytes;
      if (size > this.#connectionWindow || size > this.#streamWindow) break;
      this.#connectionWindow -= size;
      this.#streamWindow -= size;
    }
    if (this.#next > first) this.#write(bytes.subarray(start, ends[this.#next - 1]));
  }

  #write(bytes: Uint8Array): void {
    this.#writes++;
    this.#socket.write(bytes, () => {
      this.#writes--;
      if (this.#writes > 0) return;
      if (this.#sent !== undefined && this.#next === this.#request?.ends.length)
        this.#sent.at = performance.now();
      this.#finish();
    });
  }

  #take(type: number, flags: number, stream: number, payload: Buffer): void {
    switch (type) {
      case frameType.data:
      case frameType.headers:
        if (stream === this.#stream && (flags & flag.endStream) !== 0) this.#endStream();
        break;
      case frameType.reset:
        // It may follow an answer that came before the whole request was sent.
        if (stream === this.#stream && this.#request !== undefined && !this.#isAnswered)
          throw new Error(`the stream was reset with code ${payload.readUInt32BE()}`);
        break;
      case frameType.settings:
        if ((flags & flag.ack) === 0) this.#applySettings(payload);
        break;
      case frameType.ping:
        if ((flags & flag.ack) === 0) this.#socket.write(frame(frameType.ping, flag.ack, 0, payload));
        break;
      case frameType.windowUpdate:
        if (stream === 0) this.#connectionWindow += payload.readUInt32BE();
        else if (stream === this.#stream) this.#streamWindow += payload.readUInt32BE();
        this.#push();
        break;
      case frameType.goAway:
        throw new Error(`GOAWAY with code ${payload.readUInt32BE(4)}: ${payload.toString('latin1', 8)}`);
      default:
    }
  }

  #applySettings(payload: Buffer): void {
    for (let at = 0; at < payload.length; at += 6) {
      if (payload.readUInt16BE(at) !== setting.initialWindow) continue;
      const window = payload.readUInt32BE(at + 2);
      this.#streamWindow += window - this.#initialWindow;
      this.#initialWindow = window;
    }
    this.#socket.write(frame(frameType.settings, flag.ack, 0, new Uint8Array()));
    this.#push();
  }

  #endStream(): void {
    this.#isAnswered = true;
    const { length } = this.#request!.ends;
    if (this.#next < length) {
      this.#next = length;
      this.#socket.write(frame(frameType.reset, 0, this.#stream, cancel));
    }
    this.#finish();
  }

  /** The bytes of the request may be changed only when they have left. */
  #finish(): void {
    if (!this.#isAnswered || this.#writes > 0 || this.#request === undefined) return;
    this.#request = undefined;
    this.#answered(this.#hasMessage);
  }
}
