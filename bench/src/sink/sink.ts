import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Protocol } from '../load/load.js';
import { unpack, type Compression } from '../packing.js';
import { serveGrpc } from './grpc-sink.js';
import { serveHttp } from './http-sink.js';
import type { Worker } from './worker.js';

export interface SinkOptions {
  readonly protocol: Protocol;
  /** Of what it is sent; told beforehand, since it reads no headers. */
  readonly compression: Compression;
  readonly tally: Arrivals;
  /** Who answers; without, everything is answered at once. */
  readonly worker?: Pick<Worker, 'work'>;
}

/** Who counts what arrives. */
export interface Arrivals {
  readonly acceptedItems: number;
  readonly arrivedItems: number;
  arrive(message: Uint8Array, firstByteAt: number): void;
}

/** Longer than anything waits that is not lost: the batch has 200 ms. */
const quietMs = 500;
const settleLimitMs = 15_000;

/** A backend that counts, and costs little: it reads as much of the protocols as that needs. */
export class Sink implements Disposable {
  readonly address: string;
  readonly #options: SinkOptions;
  readonly #server: Server;
  readonly #sockets: ReadonlySet<Socket>;
  /** Packed messages, to be counted when nothing is measured. */
  #packed: { readonly message: Buffer; readonly firstByteAt: number }[] = [];
  lastMessageAt = 0;

  private constructor(options: SinkOptions, server: Server, sockets: ReadonlySet<Socket>) {
    this.address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.#options = options;
    this.#server = server;
    this.#sockets = sockets;
  }

  static async start(options: SinkOptions): Promise<Sink> {
    const sockets = new Set<Socket>();
    const serve = options.protocol === 'grpc' ? serveGrpc : serveHttp;
    const server = createServer({ noDelay: true }, (socket) => {
      sockets.add(socket);
      // A subject that goes away shows in what is missing.
      socket.on('error', () => {}).on('close', () => sockets.delete(socket));
      serve(socket, (message, firstByteAt, answer) => sink.#take(message, firstByteAt, answer));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const sink = new Sink(options, server, sockets);
    return sink;
  }

  /** Resolves when all has come that was accepted, or nothing comes any more. */
  async settle(): Promise<void> {
    const { tally } = this.#options;
    const begin = performance.now();
    for (;;) {
      await sleep(10);
      const now = performance.now();
      const isQuiet = now - Math.max(begin, this.lastMessageAt) >= quietMs;
      if (tally.arrivedItems >= tally.acceptedItems || isQuiet || now - begin > settleLimitMs) return;
    }
  }

  /** Counts what has been put aside. */
  count(): void {
    const { tally, compression } = this.#options;
    const packed = this.#packed;
    this.#packed = [];
    for (const { message, firstByteAt } of packed) tally.arrive(unpack(compression, message), firstByteAt);
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #take(message: Buffer, firstByteAt: number, answer: () => boolean): void {
    const { tally, compression, worker } = this.#options;
    this.lastMessageAt = performance.now();
    const before = tally.arrivedItems;
    if (compression === 'none') tally.arrive(message, firstByteAt);
    else this.#packed.push({ message: Buffer.from(message), firstByteAt });
    if (worker === undefined) answer();
    else worker.work(tally.arrivedItems - before, answer);
  }
}
