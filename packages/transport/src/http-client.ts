import type { Dispatcher } from 'undici';
import { compress, minCompressedBytes } from './compression.js';
import { messageOf, TransportError } from './errors.js';
import { openConnections, type HttpConnections } from './http-connections.js';
import type { HttpCall, HttpClient, HttpClientOptions, HttpResponse } from './http.js';
import { loadClientTls } from './tls.js';

const defaultMaxReplyBytes = 64 << 10;

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

  async function exchange(call: HttpCall, signal: AbortSignal): Promise<HttpResponse> {
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
      call.body.byteLength >= minCompressedBytes &&
      !('content-encoding' in headers);
    const packed = isPacked ? await compress(compression, call.body, compressionLevel) : undefined;
    if (packed !== undefined) headers['content-encoding'] = compression;
    try {
      const body = packed ?? call.body;
      const reply = await dispatcher.request({
        origin,
        path,
        method: 'POST',
        headers,
        body,
        signal,
        // Else a POST would not share a connection of HTTP/2. One that breaks is made again for those who
        // were not the first on it: a receiver of OTLP may see a request twice, as after any lost answer.
        ...(options.http2 && { idempotent: true }),
      });
      return {
        status: reply.statusCode,
        headers: reply.headers,
        body: await readAtMost(reply.body, maxReplyBytes),
      };
    } finally {
      connections.trim();
    }
  }

  return {
    async open() {
      await open();
    },
    async post(call) {
      const { timeoutMs = 0, signal } = call;
      const end = new AbortController();
      const abort = (): void => end.abort(new TransportError('aborted', `${nameOf(call.url)}: aborted`));
      if (signal?.aborted || isClosed) abort();
      signal?.addEventListener('abort', abort, { once: true });
      cuts.add(abort);
      const timer =
        timeoutMs > 0
          ? runtime.clock.after(timeoutMs, () =>
              end.abort(
                new TransportError('timeout', `${nameOf(call.url)}: no reply within ${timeoutMs} ms`),
              ),
            )
          : undefined;
      try {
        end.signal.throwIfAborted();
        return await exchange(call, end.signal);
      } catch (error) {
        if (TransportError.is(error)) throw error;
        throw new TransportError('unreachable', `${nameOf(call.url)}: ${messageOf(error)}`, { cause: error });
      } finally {
        timer?.stop();
        signal?.removeEventListener('abort', abort);
        cuts.delete(abort);
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
