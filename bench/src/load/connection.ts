import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import type { Sent } from '../tally.js';
import type { Body } from './prepared.js';

/** One connection to a subject, with one request under way at a time. */
export interface Connection {
  /** The requests that it sends, its own: their numbers may be changed while none is under way. */
  readonly requests: readonly Body[];
  /**
   * Sends one of the requests. `answered` is called when the answer is there and the request is no longer needed;
   * `sent.at` is set when the last byte has been given to the kernel.
   */
  send(request: number, answered: (isAccepted: boolean) => void, sent?: Sent): void;
  close(): void;
}

/** A connection to `host:port`, without delay; `failed` is called when it ends before we end it. */
export async function open(address: string, failed: (error: Error) => void): Promise<Socket> {
  const [host, port] = address.split(':');
  const socket = connect({ host: host!, port: Number(port), noDelay: true });
  await once(socket, 'connect');
  socket.on('error', failed);
  socket.on('close', () => failed(new Error(`${address} has closed a connection`)));
  return socket;
}

/** Ends a connection on purpose. */
export function closeSocket(socket: Socket): void {
  socket.removeAllListeners('close').destroy();
}
