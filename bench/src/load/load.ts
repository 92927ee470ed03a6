import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { pack, type Compression } from '../packing.js';
import type { Tally } from '../tally.js';
import { open, type Connection } from './connection.js';
import { GrpcConnection } from './grpc-connection.js';
import { HttpConnection } from './http-connection.js';
import { grpcHeaders, grpcRequest, httpRequest, makeBody, renumber, type Body } from './prepared.js';
import type { SignalName } from './items.js';
import { makeLogs, makeMetrics, makeTraces } from './telemetry.js';

export type Protocol = 'grpc' | 'http';

/** What is sent. */
export interface Traffic {
  readonly signal: SignalName;
  readonly protocol: Protocol;
  readonly compression: Compression;
  readonly itemsPerRequest: number;
  /** Each has one request under way at a time. */
  readonly connections: number;
}

const makers: Readonly<Record<SignalName, (items: number, seed: number) => Uint8Array>> = {
  traces: makeTraces,
  metrics: makeMetrics,
  logs: makeLogs,
};
/** So many different requests; a packed one is sent again and again. */
const templates = 16;
/** Who was refused waits so long. */
const pauseMs = 10;
const answerLimitMs = 30_000;

/** Senders of pre-made requests. */
export class Load implements Disposable {
  readonly #tally: Tally;
  readonly #senders: readonly Sender[];
  readonly #failure: Promise<never>;

  private constructor(tally: Tally, senders: readonly Sender[], failure: Promise<never>) {
    this.#tally = tally;
    this.#senders = senders;
    this.#failure = failure;
  }

  static async start(address: string, traffic: Traffic, tally: Tally): Promise<Load> {
    let fail: (error: Error) => void = () => {};
    const failure = new Promise<never>((_, reject) => (fail = reject));
    // Heard by whoever runs the load; there may be nobody at the moment.
    failure.catch(() => {});
    const senders: Sender[] = [];
    const perConnection = Math.ceil(templates / traffic.connections);
    for (let i = 0; i < traffic.connections; i++) {
      const bodies = Array.from({ length: perConnection }, (_, k) =>
        makeNumbered(traffic, tally, ((i * perConnection + k) % templates) + 1),
      );
      const socket = await open(address, fail);
      senders.push(new Sender(connectionOf(socket, address, traffic, bodies), tally, bodies));
    }
    return new Load(tally, senders, failure);
  }

  /**
   * Sends for so long, and once at least, as fast as requests are answered; resolves when all are, with the items
   * that were accepted.
   */
  async flood(ms: number): Promise<number> {
    const before = this.#tally.acceptedItems;
    const end = performance.now() + ms;
    const all = this.#senders.map(
      (sender) =>
        new Promise<void>((resolve) => {
          const send = (): void => {
            if (!sender.send(again)) resolve();
          };
          const again = (isAccepted: boolean): void => {
            if (performance.now() >= end) resolve();
            else if (isAccepted) send();
            else setTimeout(send, pauseMs);
          };
          send();
        }),
    );
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('requests are not answered')), ms + answerLimitMs);
    });
    await Promise.race([Promise.all(all), this.#failure, tooLate]).finally(() => clearTimeout(timer));
    return this.#tally.acceptedItems - before;
  }

  /**
   * Sends so many requests a second for so long, and has their latency measured; resolves when all are answered,
   * with `false` where they are not in four times as long: the subject cannot keep up.
   */
  async pace(ms: number, requestsPerSecond: number): Promise<boolean> {
    const idle = [...this.#senders];
    const count = Math.floor((ms / 1000) * requestsPerSecond);
    let answered = 0;
    let sent = 0;
    const begin = performance.now();
    while (answered < count && performance.now() < begin + ms * 4) {
      const due = Math.min(count, ((performance.now() - begin) / 1000) * requestsPerSecond);
      while (sent < due && idle.length > 0) {
        const sender = idle.shift()!;
        sent++;
        const isSent = sender.send(() => {
          answered++;
          idle.push(sender);
        }, true);
        if (!isSent) return false;
      }
      await Promise.race([sleep(1), this.#failure]);
    }
    return answered === count;
  }

  close(): void {
    for (const sender of this.#senders) sender.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** A request before it is put into the form of its protocol. */
interface Numbered {
  readonly body: Body;
  /** Where it cannot be changed any more. */
  readonly number: number | undefined;
}

function makeNumbered(
  { signal, compression, itemsPerRequest }: Traffic,
  tally: Tally,
  seed: number,
): Numbered {
  const plain = makeBody(signal, makers[signal](itemsPerRequest, seed));
  if (compression === 'none') return { body: plain, number: undefined };
  const number = tally.newRequest()!;
  renumber(plain, number * itemsPerRequest);
  return { body: { bytes: pack(compression, plain.bytes), numbers: [] }, number };
}

function connectionOf(
  socket: Socket,
  address: string,
  { signal, protocol, compression }: Traffic,
  numbered: readonly Numbered[],
): Connection {
  const bodies = numbered.map(({ body }) => body);
  if (protocol === 'http')
    return new HttpConnection(
      socket,
      bodies.map((body) => httpRequest(body, signal, compression, address)),
    );
  const headers = grpcHeaders(signal, compression, address);
  const requests = bodies.map((body) => grpcRequest(body, compression !== 'none', headers.next));
  return new GrpcConnection(socket, headers.first, requests);
}

/** A connection with what it sends. */
class Sender {
  readonly #connection: Connection;
  readonly #tally: Tally;
  readonly #numbered: readonly Numbered[];
  #turn = 0;

  constructor(connection: Connection, tally: Tally, numbered: readonly Numbered[]) {
    this.#connection = connection;
    this.#tally = tally;
    this.#numbered = numbered;
  }

  /** Sends the next request; `false` when the run has no numbers left. */
  send(answered: (isAccepted: boolean) => void, isWatched = false): boolean {
    const turn = this.#turn++ % this.#numbered.length;
    const fixed = this.#numbered[turn]!.number;
    const number = fixed ?? this.#tally.newRequest();
    if (number === undefined) return false;
    const request = this.#connection.requests[turn]!;
    if (fixed === undefined) renumber(request, number * request.numbers.length);
    const sent = isWatched ? this.#tally.watch(number) : undefined;
    this.#connection.send(
      turn,
      (isAccepted) => {
        if (isAccepted) this.#tally.accept(number);
        else this.#tally.refuse(number, sent);
        answered(isAccepted);
      },
      sent,
    );
    return true;
  }

  close(): void {
    this.#connection.close();
  }
}
