import { connect, constants, type ClientHttp2Session } from 'node:http2';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Template } from './template.js';

/** Numbers of spans of one trace: the span n is of the trace n / 16, rounded down. */
export const numbersPerTrace = 16;

/** A request: a template and the numbers of its spans. */
export interface Request {
  readonly template: Template;
  readonly numbers: ArrayLike<number>;
}

const unavailable = '14';
const retryMs = 200;
const answerWithinMs = 30_000;

/**
 * Sends requests one after the other as fast as they are answered, and again what was refused. On `node:http2` alone, so
 * that the collector has what there is of the machine.
 */
export class TraceLoad {
  /** Spans, once for each time that they were offered, acknowledged and refused. */
  sent = 0;
  acknowledged = 0;
  refused = 0;
  /** By the number of the span: how often it was acknowledged. */
  readonly acknowledgements: Uint8Array;
  readonly #sessions: readonly ClientHttp2Session[];

  constructor(endpoint: string, numbers: number, connections: number = 2) {
    this.acknowledgements = new Uint8Array(numbers);
    this.#sessions = Array.from({ length: connections }, () => {
      const session = connect(`http://${endpoint}`, { settings: { enablePush: false } });
      session.on('error', () => {}); // its requests fail
      return session;
    });
  }

  /** Two requests at a time on each connection. Resolves when the last is acknowledged. */
  async run(requests: Iterator<Request>): Promise<void> {
    const senders = this.#sessions.flatMap((session) => [
      this.#send(session, requests),
      this.#send(session, requests),
    ]);
    await Promise.all(senders);
  }

  close(): void {
    for (const session of this.#sessions) session.close();
  }

  async #send(session: ClientHttp2Session, requests: Iterator<Request>): Promise<void> {
    for (let next = requests.next(); next.done !== true; next = requests.next()) {
      const { template, numbers } = next.value;
      const message = template.withNumbers(numbers);
      for (;;) {
        this.sent += numbers.length;
        const status = await statusOf(session, message);
        if (status === '0') break;
        if (status !== unavailable) throw new Error(`grpc-status ${status}`);
        this.refused += numbers.length;
        await sleep(retryMs);
      }
      this.acknowledged += numbers.length;
      for (let i = 0; i < numbers.length; i++) this.acknowledgements[numbers[i]!]!++;
    }
  }
}

/** The gRPC status that a request was answered with. @throws Error where there is none */
function statusOf(session: ClientHttp2Session, message: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    const pieces: Buffer[] = [];
    stream.setTimeout(answerWithinMs, () => stream.destroy(new Error('no answer')));
    stream.once('error', (error) => {
      // What was not looked at is to be sent again (RFC 9113, section 8.7).
      if (stream.rstCode === constants.NGHTTP2_REFUSED_STREAM) resolve(unavailable);
      else reject(error);
    });
    stream.once('trailers', ({ 'grpc-status': status }) => {
      const body = Buffer.concat(pieces);
      // Tag and length of `partial_success`, and the tag of `rejected_spans`, which is left out where there is none.
      if (status === '0' && body[7] === 0x08)
        reject(new Error(`rejected in part: ${body.toString('latin1')}`));
      else resolve(String(status));
    });
    stream.once('response', ({ 'grpc-status': status }, flags) => {
      if ((flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0) resolve(String(status));
    });
    stream.on('data', (piece: Buffer) => pieces.push(piece));
    stream.once('close', () => reject(new Error('closed without an answer')));
    const head = Buffer.alloc(5);
    head.writeUInt32BE(message.length, 1);
    stream.write(head);
    stream.end(message);
  });
}
