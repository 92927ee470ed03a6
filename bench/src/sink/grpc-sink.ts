import type { Socket } from 'node:net';
import {
  flag,
  frame,
  FrameReader,
  frameType,
  headerBlock,
  setting,
  settingsFrame,
  windowUpdate,
} from '../wire/http2.js';
import { Body, type TakeMessage } from './message.js';

const prefaceBytes = 24;
const messageHeadBytes = 5;
/** A stream never has to wait, and a connection gets new window long before it would. */
const windowBytes = 2 ** 30;

const answer = Buffer.concat([
  frame(
    frameType.headers,
    flag.endHeaders,
    0,
    headerBlock({ ':status': '200', 'content-type': 'application/grpc' }),
  ),
  frame(frameType.data, 0, 0, Buffer.alloc(messageHeadBytes)),
  frame(frameType.headers, flag.endHeaders | flag.endStream, 0, headerBlock({ 'grpc-status': '0' })),
]);
const streamIdsAt = frameStarts(answer).map((start) => start + 5);

/** Serves a connection of a gRPC client, whatever method it calls: every message is taken and answered with OK. */
export function serveGrpc(socket: Socket, take: TakeMessage): void {
  const bodies = new Map<number, Body>();
  /** Streams with a whole message and without an answer. */
  const waiting = new Set<number>();
  const spare: Body[] = [];
  let unread = 0;
  let skip = prefaceBytes;

  function bodyOf(stream: number): Body {
    let body = bodies.get(stream);
    if (body === undefined) {
      body = spare.pop() ?? new Body();
      body.begin();
      bodies.set(stream, body);
    }
    return body;
  }

  function end(stream: number): void {
    const body = bodies.get(stream);
    if (body === undefined) return;
    bodies.delete(stream);
    waiting.add(stream);
    take(body.bytes.subarray(messageHeadBytes), body.beganAt, () => {
      if (!waiting.delete(stream)) return false;
      const bytes = Buffer.from(answer);
      for (const at of streamIdsAt) bytes.writeUInt32BE(stream, at);
      socket.write(bytes);
      return true;
    });
    spare.push(body);
  }

  function forget(stream: number): void {
    bodies.delete(stream);
    waiting.delete(stream);
  }

  const reader = new FrameReader({
    data(stream, chunk, start, end) {
      bodyOf(stream).append(chunk, start, end);
      unread += end - start;
      if (unread < windowBytes / 2) return;
      socket.write(windowUpdate(0, unread));
      unread = 0;
    },
    frame(type, flags, stream, payload) {
      const isAck = (flags & flag.ack) !== 0;
      if (type === frameType.data && (flags & flag.endStream) !== 0) end(stream);
      else if (type === frameType.reset) forget(stream);
      else if (type === frameType.settings && !isAck)
        socket.write(frame(frameType.settings, flag.ack, 0, new Uint8Array()));
      else if (type === frameType.ping && !isAck) socket.write(frame(frameType.ping, flag.ack, 0, payload));
    },
  });
  socket.write(
    Buffer.concat([
      settingsFrame([
        [setting.maxConcurrentStreams, 1000],
        [setting.initialWindow, windowBytes],
      ]),
      windowUpdate(0, windowBytes),
    ]),
  );
  socket.on('data', (chunk: Buffer) => {
    const start = Math.min(skip, chunk.length);
    skip -= start;
    reader.read(chunk.subarray(start));
  });
}

function frameStarts(frames: Buffer): number[] {
  const starts: number[] = [];
  for (let at = 0; at < frames.length; at += 9 + frames.readUIntBE(at, 3)) starts.push(at);
  return starts;
}
