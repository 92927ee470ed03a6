import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Clock } from '@tributary/component';
import type { Fault, FaultPlace } from './fault.js';
import { wireOf, type Piece, type Wire } from './wire.js';

/** What a connection has to do with its proxy. */
export interface ConnectionSettings {
  readonly clock: Clock;
  /** The fault of a request that begins. */
  readonly take: () => Fault | undefined;
  readonly onStruck: () => void;
}

/** A client, a server, and what passes between them. */
export class Connection {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #settings: ConnectionSettings;
  readonly #closed = new AbortController();
  /** `muted`: the client has read the end of the stream, and hears no more. */
  #state: 'open' | 'stalled' | 'muted' = 'open';
  #bytesPerSecond = Infinity;
  /** Faults that have not struck yet, by request. */
  readonly #faults = new Map<number, Fault>();
  #lastRequest = 0;
  #recognise!: (wire: Wire) => void;
  readonly #recognised = new Promise<Wire>((resolve) => (this.#recognise = resolve));
  #failure: Error | undefined;

  constructor(client: Socket, server: Socket, settings: ConnectionSettings) {
    this.#client = client;
    this.#server = server;
    this.#settings = settings;
  }

  /** Resolves when both sides have closed; with an error, where a fault could not be done. */
  async run(): Promise<Error | undefined> {
    const closed = [this.#client, this.#server].map((socket) => {
      // Who is gone is gone for the other too; an orderly end is passed on by the pumps.
      socket.on('error', () => this.cut());
      return new Promise((resolve) => socket.on('close', resolve));
    });
    // Either fails only where the connection was cut, or is to be.
    void this.#pumpRequests().catch(() => this.cut());
    void this.#pumpAnswers().catch(() => this.cut());
    await Promise.all(closed);
    return this.#failure;
  }

  /** Resets both sides. Safe twice. */
  cut(): void {
    this.#closed.abort();
    for (const socket of [this.#client, this.#server]) if (!socket.destroyed) socket.resetAndDestroy();
  }

  async #pumpRequests(): Promise<void> {
    let wire: Wire | undefined;
    let early: Buffer = Buffer.alloc(0);
    for await (const bytes of chunksOf(this.#client)) {
      early = Buffer.concat([early, bytes]);
      wire ??= this.#wireOf(early);
      if (wire === undefined) continue;
      for (const piece of wire.fromClient(early)) await this.#pass(piece, this.#server);
      early = Buffer.alloc(0);
    }
    if (wire === undefined) return this.cut();
    this.#server.end();
  }

  #wireOf(first: Buffer): Wire | undefined {
    const wire = wireOf(first);
    if (wire instanceof Error) throw (this.#failure = wire);
    if (wire !== undefined) this.#recognise(wire);
    return wire;
  }

  async #pumpAnswers(): Promise<void> {
    // A server of HTTP/2 speaks at once, but what it says is taken apart from its first byte on.
    const wire = await this.#recognised;
    for await (const bytes of chunksOf(this.#server)) {
      for (const piece of wire.fromServer(bytes)) await this.#pass(piece, this.#client);
    }
    this.#client.end();
  }

  async #pass({ bytes, request, part }: Piece, to: Socket): Promise<void> {
    if (request !== undefined && request > this.#lastRequest) this.#begin(request);
    const fault = request === undefined ? undefined : this.#faults.get(request);
    // One that waits for a body which never comes is given up with the answer.
    if (fault !== undefined && (part === strikesIn[fault.at] || part === 'answer'))
      this.#faults.delete(request!);
    if (fault === undefined || part !== strikesIn[fault.at]) return this.#write(to, bytes);
    const before = fault.at === 'body' ? bytes.length >> 1 : 0;
    await this.#write(to, bytes.subarray(0, before));
    await this.#strike(fault);
    await this.#write(to, bytes.subarray(before));
  }

  #begin(request: number): void {
    this.#lastRequest = request;
    try {
      const fault = this.#settings.take();
      if (fault !== undefined) this.#faults.set(request, fault);
    } catch (error) {
      throw (this.#failure = error instanceof Error ? error : new Error(String(error)));
    }
  }

  async #strike(fault: Fault): Promise<void> {
    this.#settings.onStruck();
    switch (fault.kind) {
      case 'delay':
        return this.#settings.clock.sleep(fault.ms, this.#closed.signal);
      case 'throttle':
        this.#bytesPerSecond = fault.bytesPerSecond;
        return;
      case 'cut':
        return this.cut();
      case 'stall':
        this.#state = 'stalled';
        return;
      case 'half-close':
        this.#state = 'muted';
        this.#client.end();
    }
  }

  async #write(to: Socket, bytes: Buffer): Promise<void> {
    const { signal } = this.#closed;
    for (let at = 0; at < bytes.length;) {
      signal.throwIfAborted();
      if (this.#state === 'stalled') return once(signal, 'abort').then(() => signal.throwIfAborted());
      if (this.#state === 'muted' && to === this.#client) return;
      const slice = bytes.subarray(at, at + Math.max(1, this.#bytesPerSecond / slicesPerSecond));
      at += slice.length;
      if (!to.write(slice)) await once(to, 'drain', { signal });
      if (this.#bytesPerSecond < Infinity) {
        await this.#settings.clock.sleep((slice.length / this.#bytesPerSecond) * 1000, signal);
      }
    }
  }
}

/** The part whose first piece a fault strikes: the head has passed when the body begins. */
const strikesIn: Readonly<Record<FaultPlace, Piece['part']>> = {
  head: 'body',
  body: 'body',
  answer: 'answer',
};

const slicesPerSecond = 10;

/** What a socket reads. Its end is not the end of what can be written. */
const chunksOf = (socket: Socket): AsyncIterable<Buffer> => socket.iterator({ destroyOnReturn: false });
