import type { Socket } from 'node:net';
import { Body, type TakeMessage } from './message.js';

const endOfHead = Buffer.from('\r\n\r\n');
const answer = Buffer.from(
  'HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\n\r\n',
);

/** Serves a connection of an HTTP/1.1 client: every body is taken and answered with 200. */
export function serveHttp(socket: Socket, take: TakeMessage): void {
  const body = new Body();
  let head: Buffer = Buffer.alloc(0);
  /** Of the body; `undefined` in a head. */
  let missing: number | undefined;

  /** Reads a part of a head or body; returns what is left. */
  function read(chunk: Buffer): Buffer {
    if (missing === undefined) {
      const before = head.length;
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf(endOfHead);
      if (end < 0) return chunk.subarray(chunk.length);
      const length = /\r\ncontent-length: *(\d+)/i.exec(head.toString('latin1', 0, end))?.[1];
      if (length === undefined) throw new Error('a request without a length');
      head = Buffer.alloc(0);
      missing = Number(length);
      body.begin();
      return chunk.subarray(end + endOfHead.length - before);
    }
    const taken = Math.min(missing, chunk.length);
    body.append(chunk, 0, taken);
    missing -= taken;
    if (missing === 0) {
      missing = undefined;
      take(body.bytes, body.beganAt, () => {
        if (socket.destroyed) return false;
        socket.write(answer);
        return true;
      });
    }
    return chunk.subarray(taken);
  }

  socket.on('data', (chunk: Buffer) => {
    for (let rest = chunk; rest.length > 0;) rest = read(rest);
  });
}
