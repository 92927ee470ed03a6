import { open } from './connection.js';
import { GrpcConnection } from './grpc-connection.js';
import { writeNumber } from './items.js';
import { grpcHeaders, grpcRequest, makeBody, type GrpcRequest } from './prepared.js';

/** In bytes: the number of a trace stands so far before the number of its span. */
export const traceBeforeItem = 22;

/** A connection that sends one request of spans again and again, each time of other traces. */
export class TraceSender {
  readonly #connection: GrpcConnection;
  readonly #request: GrpcRequest;

  private constructor(connection: GrpcConnection, request: GrpcRequest) {
    this.#connection = connection;
    this.#request = request;
  }

  static async start(address: string, spans: Uint8Array): Promise<TraceSender> {
    const { bytes, numbers } = makeBody('traces', spans);
    const places = numbers.flatMap((at) => [at - traceBeforeItem, at]);
    const headers = grpcHeaders('traces', 'none', address);
    const request = grpcRequest({ bytes, numbers: places }, false, headers.next);
    const socket = await open(address, () => {});
    return new TraceSender(new GrpcConnection(socket, headers.first, [request]), request);
  }

  /** Makes the span at `index` the one with that number, of the trace with that number. */
  number(index: number, trace: number, span: number): void {
    const { bytes, numbers } = this.#request;
    writeNumber(bytes, numbers[2 * index]!, trace);
    writeNumber(bytes, numbers[2 * index + 1]!, span);
  }

  /** `answered` is told whether it was accepted, and after how many milliseconds. */
  send(answered: (isAccepted: boolean, ms: number) => void): void {
    const sentAt = performance.now();
    this.#connection.send(0, (isAccepted) => answered(isAccepted, performance.now() - sentAt));
  }

  close(): void {
    this.#connection.close();
  }
}
