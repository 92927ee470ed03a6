import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Arriving } from './arriving.js';
import { BodyBuffer } from './body-buffer.js';
import { Connections } from './connections.js';
import { allEncodings, decompress } from './decompression.js';
import { formatPeer } from './endpoint.js';
import { messageOf } from './errors.js';
import { createCors, type Cors } from './http-cors.js';
import type {
  HttpEncoding,
  HttpHeaders,
  HttpProblem,
  HttpReply,
  HttpRequest,
  HttpServerOptions,
} from './http.js';
import { noRoom, tooLarge } from './problems.js';
import { socketTimeMs } from './timer-limits.js';

const nothing = new Uint8Array();
const defaultWriteTimeoutMs = 30_000;
const internalError: HttpProblem = { status: 500, message: 'internal error' };

/** The requests of a server, from their headers to the last byte of the reply. */
export class Exchanges {
  readonly #options: HttpServerOptions;
  /** By Content-Encoding; empty: bodies are not unpacked at all. */
  readonly #encodings: ReadonlyMap<string, HttpEncoding>;
  readonly #cors: Cors | undefined;
  readonly #responseHeaders: Readonly<Record<string, string>>;
  readonly #writeTimeoutMs: number;
  readonly #connections = new Connections<Socket>((socket) => socket.destroy());
  readonly #arriving: Arriving;
  #underWay = 0;
  #idle: (() => void) | undefined;
  /** Whether every reply is the last of its connection: no keep-alives, or closing. */
  #isLast: boolean;

  constructor(options: HttpServerOptions) {
    const { compressionAlgorithms = allEncodings, responseHeaders = {}, cors } = options;
    this.#options = options;
    this.#arriving = new Arriving(options.runtime);
    this.#encodings = new Map(compressionAlgorithms.map((encoding) => [encoding, encoding]));
    this.#cors = cors && cors.allowedOrigins.length > 0 ? createCors(cors) : undefined;
    this.#responseHeaders = Object.fromEntries(
      Object.entries(responseHeaders).map(([name, value]) => [name.toLowerCase(), value]),
    );
    this.#writeTimeoutMs = socketTimeMs(options.writeTimeoutMs ?? defaultWriteTimeoutMs);
    this.#isLast = options.keepAlives === false;
  }

  opened(socket: Socket): void {
    this.#connections.opened(socket);
    socket.once('close', () => this.#connections.closed(socket));
  }

  begin(request: IncomingMessage, response: ServerResponse, awaitsContinue: boolean): void {
    const { socket } = request;
    this.#underWay++;
    this.#connections.begun(socket);
    response.once('close', () => this.#end(socket));
    const exchange = new Exchange(request, response);
    let refusal: HttpReply | undefined;
    try {
      refusal = this.#refusal(exchange);
    } catch (error) {
      return this.#fail(exchange, error);
    }
    if (refusal !== undefined) return this.#refuse(exchange, refusal, awaitsContinue);
    if (awaitsContinue) response.writeContinue();
    this.#readBody(exchange);
  }

  /** Closes what is idle and resolves when the last request has its reply. */
  async close(): Promise<void> {
    this.#isLast = true;
    for (const socket of this.#connections.idle) socket.destroy();
    if (this.#underWay > 0) await new Promise<void>((resolve) => (this.#idle = resolve));
  }

  #end(socket: Socket): void {
    this.#connections.ended(socket);
    if (--this.#underWay === 0) this.#idle?.();
  }

  /** Everything that can be answered before the body is read. */
  #refusal(exchange: Exchange): HttpReply | undefined {
    const { handler, maxBodyBytes } = this.#options;
    const answer =
      this.#cors?.preflight(exchange.method, exchange.headers) ??
      handler.admit?.(exchange, exchange.contentLength);
    if (answer?.status === 503) this.#arriving.makeRoom();
    if (answer !== undefined) return answer;
    if ((exchange.contentLength ?? 0) > maxBodyBytes) return handler.refuse(exchange, tooLarge);
    if (this.#encodings.size > 0 && !this.#encodings.has(exchange.encoding)) {
      const message = `unsupported Content-Encoding: ${exchange.encoding}`;
      return handler.refuse(exchange, { status: 400, message });
    }
    return undefined;
  }

  #readBody(exchange: Exchange): void {
    const { maxBodyBytes } = this.#options;
    const { incoming } = exchange;
    const body = new BodyBuffer();
    const collect = (piece: Buffer): void => {
      if (body.byteLength + piece.byteLength > maxBodyBytes) return giveUp(tooLarge);
      body.push(piece);
      arrival.add(piece.byteLength);
    };
    const giveUp = (problem: HttpProblem): void => {
      arrival.end();
      incoming.off('data', collect).off('end', handle);
      body.drop();
      this.#refuseProblem(exchange, problem);
    };
    const arrival = this.#arriving.begin({
      // Where its size was known, there was room for all of it.
      hasRoom: () => exchange.knownBytes !== undefined || this.#hasRoom(exchange),
      cut: () => giveUp(noRoom),
    });
    const handle = (): void => {
      arrival.end();
      const encoding = this.#encodings.get(exchange.encoding) ?? '';
      // Without `async`: a small request whose handler is done at once costs no promise.
      const outcome = decompress(body.take(), encoding, maxBodyBytes);
      if (outcome instanceof Promise) outcome.then(take, (error: unknown) => this.#fail(exchange, error));
      else take(outcome);
    };
    const take = (outcome: Uint8Array | HttpProblem): void => {
      if (outcome instanceof Uint8Array) this.#handle(exchange, outcome);
      else this.#refuseProblem(exchange, outcome);
    };
    incoming.on('data', collect).on('end', handle).once('close', arrival.end);
  }

  #hasRoom(exchange: Exchange): boolean {
    try {
      return this.#options.handler.admit?.(exchange, undefined) === undefined;
    } catch (error) {
      this.#log(exchange, error);
      return false;
    }
  }

  #handle(exchange: Exchange, body: Uint8Array): void {
    exchange.body = body;
    try {
      const outcome = this.#options.handler.handle(exchange);
      if (!(outcome instanceof Promise)) return this.#reply(exchange, outcome);
      outcome.then(
        (reply) => this.#reply(exchange, reply),
        (error: unknown) => this.#fail(exchange, error),
      );
    } catch (error) {
      this.#fail(exchange, error);
    }
  }

  #fail(exchange: Exchange, error: unknown): void {
    this.#log(exchange, error);
    this.#refuseProblem(exchange, internalError);
  }

  #log({ path }: Exchange, error: unknown): void {
    this.#options.runtime.logger.error('handler threw', { path, error: messageOf(error) });
  }

  #refuseProblem(exchange: Exchange, problem: HttpProblem): void {
    let reply: HttpReply;
    try {
      reply = this.#options.handler.refuse(exchange, problem);
    } catch (error) {
      this.#log(exchange, error);
      reply = { status: problem.status };
    }
    this.#refuse(exchange, reply, false);
  }

  /**
   * Replies while the body may still be arriving. What comes is discarded, so that
   * a client that reads the reply only after its last byte gets it; from
   * `maxBodyBytes` on it is cut off.
   */
  #refuse(exchange: Exchange, reply: HttpReply, awaitsContinue: boolean): void {
    const { incoming } = exchange;
    let budget = this.#options.maxBodyBytes;
    incoming.on('data', (piece: Buffer) => {
      budget -= piece.byteLength;
      if (budget < 0) incoming.socket.destroy();
    });
    // After a final reply instead of "continue" it is open whether a body follows.
    this.#reply(exchange, reply, awaitsContinue);
  }

  #reply(exchange: Exchange, reply: HttpReply, isLast = false): void {
    try {
      this.#write(exchange, reply, isLast || this.#isLast);
    } catch (error) {
      // A status or a header that is none. There may be no second reply, and no error may leave an event.
      this.#log(exchange, error);
      exchange.incoming.socket.destroy();
    }
  }

  #write(exchange: Exchange, { status, headers, body }: HttpReply, isLast: boolean): void {
    const { incoming, outgoing, method } = exchange;
    const bytes = typeof body === 'string' ? Buffer.from(body) : (body ?? nothing);
    outgoing.writeHead(status, {
      ...this.#responseHeaders,
      ...this.#cors?.headersFor(method, incoming.headers),
      ...headers,
      ...(status !== 204 && { 'content-length': bytes.byteLength }),
      ...(isLast && { connection: 'close' }),
    });
    outgoing.end(bytes);
    // Mostly the system has taken all of it by now.
    const { socket } = incoming;
    if (this.#writeTimeoutMs > 0 && socket.writableLength > 0) {
      // Not the clock that is given: the socket alone knows when its client last took bytes.
      outgoing.setTimeout(this.#writeTimeoutMs);
      // Between requests Node sets a timeout of its own, if there is one.
      if (this.#options.idleTimeoutMs === 0) outgoing.once('finish', () => socket.setTimeout(0));
    }
  }
}

/** One request; everything but the body is looked up when somebody asks. */
class Exchange implements HttpRequest {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  body: Uint8Array = nothing;
  #signal: AbortSignal | undefined;

  constructor(incoming: IncomingMessage, outgoing: ServerResponse) {
    this.incoming = incoming;
    this.outgoing = outgoing;
  }

  get method(): string {
    return this.incoming.method ?? '';
  }

  get path(): string {
    const url = this.incoming.url ?? '';
    const query = url.indexOf('?');
    return query < 0 ? url : url.slice(0, query);
  }

  get query(): string {
    const url = this.incoming.url ?? '';
    const query = url.indexOf('?');
    return query < 0 ? '' : url.slice(query + 1);
  }

  get headers(): HttpHeaders {
    return this.incoming.headers;
  }

  get contentLength(): number | undefined {
    const text = this.incoming.headers['content-length'];
    return text === undefined ? undefined : Number(text);
  }

  /** The size of the body when it is unpacked. */
  get knownBytes(): number | undefined {
    return this.encoding === '' ? this.contentLength : undefined;
  }

  get encoding(): string {
    const encoding = this.incoming.headers['content-encoding']?.trim().toLowerCase() ?? '';
    return encoding === 'identity' ? '' : encoding;
  }

  get peer(): string {
    const { remoteAddress, remotePort } = this.incoming.socket;
    return formatPeer(remoteAddress, remotePort);
  }

  get signal(): AbortSignal {
    return (this.#signal ??= this.#makeSignal());
  }

  #makeSignal(): AbortSignal {
    const controller = new AbortController();
    const { outgoing } = this;
    // A reply that was written ends the exchange too, but nobody has gone.
    const end = (): void => {
      if (!outgoing.writableEnded) controller.abort();
    };
    if (outgoing.closed) end();
    else outgoing.once('close', end);
    return controller.signal;
  }
}
