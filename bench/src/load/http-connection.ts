import type { Socket } from 'node:net';
import type { Sent } from '../tally.js';
import { closeSocket, type Connection } from './connection.js';
import type { Body } from './prepared.js';

const endOfHead = '\r\n\r\n';

/** An HTTP/1.1 client that knows only whether the answer is 200. */
export class HttpConnection implements Connection {
  readonly requests: readonly Body[];
  readonly #socket: Socket;
  #received = '';
  #isWritten = true;
  #status = 0;
  #answered: ((isAccepted: boolean) => void) | undefined;

  constructor(socket: Socket, requests: readonly Body[]) {
    this.#socket = socket;
    this.requests = requests;
    socket.on('data', (chunk: Buffer) => {
      this.#received += chunk.toString('latin1');
      this.#read();
    });
  }

  send(request: number, answered: (isAccepted: boolean) => void, sent?: Sent): void {
    this.#answered = answered;
    this.#isWritten = false;
    this.#socket.write(this.requests[request]!.bytes, () => {
      this.#isWritten = true;
      if (sent !== undefined) sent.at = performance.now();
      this.#finish();
    });
  }

  close(): void {
    closeSocket(this.#socket);
  }

  #read(): void {
    const head = this.#received.indexOf(endOfHead);
    if (head < 0) return;
    const length = /\r\ncontent-length: *(\d+)/i.exec(this.#received)?.[1];
    if (length === undefined) {
      this.#socket.destroy(new Error(`an answer without a length: ${this.#received.slice(0, head)}`));
      return;
    }
    const end = head + endOfHead.length + Number(length);
    if (this.#received.length < end) return;
    this.#status = Number(this.#received.slice(9, 12));
    this.#received = this.#received.slice(end);
    this.#finish();
  }

  /** The bytes of the request may be changed only when they have left. */
  #finish(): void {
    if (this.#status === 0 || !this.#isWritten) return;
    const isAccepted = this.#status === 200;
    const answered = this.#answered;
    this.#status = 0;
    this.#answered = undefined;
    answered?.(isAccepted);
  }
}
