import type { Dispatcher } from 'undici';
import { compress, minCompressedBytes } from './compression.js';
import { messageOf, TransportError } from './errors.js';
import { openConnections, type HttpConnections } from './http-connections.js';
import type { HttpClient, HttpClientOptions, HttpGet } from './http.js';
import { loadClientTls } from './tls.js';

const defaultMaxReplyBytes = 64 << 10;

/** A call, from its beginning to the end of its reply. */
interface Underway {
  readonly signal: AbortSignal;
  /** The timeout counts no more. */
  inTime(): void;
  /** Why it ended, whatever was thrown. */
  failure(error: unknown): TransportError;
  end(): void;
}

/** An HTTP client on undici, with connections of its own. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { runtime, compression = 'none', compressionLevel } = options;
  const { maxReplyBytes = defaultMaxReplyBytes } = options;
  const ownHeaders = lowerCased(options.headers);
  /** Each ends a request that is under way. Not listeners of one signal: Node warns of more than ten. */
  const cuts = new Set<() => void>();
  let isClosed = false;
  let opening: Promise<HttpConnections> | undefined;

  async function connect(): Promise<HttpConnections> {
    // The scheme of the URL says whether TLS is spoken; what is set for it holds whatever `insecure` says.
    const tls = await loadClientTls(options.tls, runtime.fs, true);
    // Four MiB of heap, which a process that speaks gRPC alone would have to collect around. By its default
    // export: a bundle gives no other to a module in CommonJS that is loaded so.
    const { default: undici } = await import('undici');
    return openConnections(undici, options, tls);
  }

  function open(): Promise<HttpConnections> {
    opening ??= connect().catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  }

  /** The headers of a call under way, which `signal` ends. */
  async function request(
    call: HttpGet,
    signal: AbortSignal,
    posted?: Uint8Array,
  ): Promise<{ reply: Dispatcher.ResponseData; done: () => void }> {
    const connections = await open();
    const { dispatcher, origin, path, headers: routeHeaders } = connections.routeTo(call.url);
    const headers: Record<string, string> = {
      ...(options.userAgent !== undefined && { 'user-agent': options.userAgent }),
      ...routeHeaders,
      ...lowerCased(call.headers),
      ...ownHeaders,
    };
    const isPacked =
      compression !== 'none' &&
      posted !== undefined &&
      posted.byteLength >= minCompressedBytes &&
      !('content-encoding' in headers);
    const packed = isPacked ? await compress(compression, posted, compressionLevel) : undefined;
    if (packed !== undefined) headers['content-encoding'] = compression;
    const done = (): void => connections.trim();
    try {
      const reply = await dispatcher.request({
        origin,
        path,
        method: posted === undefined ? 'GET' : 'POST',
        headers,
        body: packed ?? posted ?? null,
        signal,
        // Else a POST would not share a connection of HTTP/2. One that breaks is made again for those who
        // were not the first on it: a receiver of OTLP may see a request twice, as after any lost answer.
        ...(options.http2 && { idempotent: true }),
      });
      return { reply, done };
    } catch (error) {
      done();
      throw error;
    }
  }

  /** A call that ends by its timeout, by its caller, or with the client. */
  function begin({ url, timeoutMs = 0, signal }: HttpGet): Underway {
    const end = new AbortController();
    const abort = (): void => {
      // Nobody may read what is left of the reply.
      cuts.delete(abort);
      end.abort(new TransportError('aborted', `${nameOf(url)}: aborted`));
    };
    cuts.add(abort);
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted || isClosed) abort();
    const late = (): void =>
      end.abort(new TransportError('timeout', `${nameOf(url)}: no reply within ${timeoutMs} ms`));
    const timer = timeoutMs > 0 ? runtime.clock.after(timeoutMs, late) : undefined;
    return {
      signal: end.signal,
      inTime: () => timer?.stop(),
      failure(error) {
        // What a stream throws that was cut is not always why it was.
        const cause: unknown = end.signal.aborted ? end.signal.reason : error;
        if (TransportError.is(cause)) return cause;
        return new TransportError('unreachable', `${nameOf(url)}: ${messageOf(cause)}`, { cause });
      },
      end() {
        timer?.stop();
        signal?.removeEventListener('abort', abort);
        cuts.delete(abort);
      },
    };
  }

  async function* piecesOf(
    body: AsyncIterable<Uint8Array>,
    underway: Underway,
    done: () => void,
  ): AsyncGenerator<Uint8Array, void, void> {
    try {
      yield* body;
    } catch (error) {
      throw underway.failure(error);
    } finally {
      underway.end();
      done();
    }
  }

  return {
    async open() {
      await open();
    },
    async post(call) {
      const underway = begin(call);
      try {
        underway.signal.throwIfAborted();
        const { reply, done } = await request(call, underway.signal, call.body);
        try {
          const body = await readAtMost(reply.body, maxReplyBytes);
          return { status: reply.statusCode, headers: reply.headers, body };
        } finally {
          done();
        }
      } catch (error) {
        throw underway.failure(error);
      } finally {
        underway.end();
      }
    },
    async get(call) {
      const underway = begin(call);
      try {
        underway.signal.throwIfAborted();
        const { reply, done } = await request(call, underway.signal);
        underway.inTime();
        const body = piecesOf(reply.body as AsyncIterable<Buffer>, underway, done);
        return { status: reply.statusCode, headers: reply.headers, body };
      } catch (error) {
        underway.end();
        throw underway.failure(error);
      }
    },
    async close() {
      isClosed = true;
      for (const cut of cuts) cut();
      const opened = await opening?.catch(() => undefined);
      await opened?.destroy();
    },
  };
}

function lowerCased(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

async function readAtMost(body: Dispatcher.ResponseData['body'], maxBytes: number): Promise<Uint8Array> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of body as AsyncIterable<Buffer>) {
    pieces.push(piece);
    bytes += piece.byteLength;
    // Leaving the loop destroys the body, and with it the connection.
    if (bytes > maxBytes) break;
  }
  return Buffer.concat(pieces, Math.min(bytes, maxBytes));
}

/** The URL without what may be secret in it. */
function nameOf(url: string): string {
  try {
    const { origin, pathname } = new URL(url);
    return origin + pathname;
  } catch {
    return 'invalid URL';
  }
}
