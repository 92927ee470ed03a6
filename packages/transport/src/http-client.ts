import type { Dispatcher, request as Request } from 'undici';
import { compress, minCompressedBytes } from './compression.js';
import { messageOf, TransportError } from './errors.js';
import type { HttpCall, HttpClient, HttpClientOptions, HttpResponse } from './http.js';
import { loadClientTls } from './tls.js';

const defaultMaxReplyBytes = 64 << 10;
/** Less than the 60 s after which many servers and balancers drop an idle connection: we must be first. */
const defaultIdleTimeoutMs = 45_000;

/** The HTTP library, and the connections that it keeps for one client. */
interface Opened {
  readonly request: typeof Request;
  readonly dispatcher: Dispatcher;
}

/** An HTTP/1.1 client on undici, with connections of its own. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { runtime, compression = 'none', compressionLevel = -1 } = options;
  const { maxReplyBytes = defaultMaxReplyBytes, proxyUrl } = options;
  const ownHeaders = lowerCased(options.headers);
  const closing = new AbortController();
  let opening: Promise<Opened> | undefined;

  async function connect(): Promise<Opened> {
    // The scheme of the URL says whether TLS is spoken; what is set for it holds whatever `insecure` says.
    const tls = await loadClientTls(options.tls, runtime.fs, true);
    // Four MiB of heap, which a process that speaks gRPC alone would have to collect around.
    const { EnvHttpProxyAgent, request } = await import('undici');
    const dispatcher = new EnvHttpProxyAgent({
      keepAliveTimeout: options.idleConnectionTimeoutMs ?? defaultIdleTimeoutMs,
      // Our own timeout covers the whole exchange.
      headersTimeout: 0,
      bodyTimeout: 0,
      connections: options.maxConnectionsPerHost || null,
      ...(options.keepAlives === false && { pipelining: 0 }),
      connect: { ...tls },
      requestTls: { ...tls },
      ...(proxyUrl && { httpProxy: proxyUrl, httpsProxy: proxyUrl, noProxy: '' }),
    });
    return { request, dispatcher };
  }

  function open(): Promise<Opened> {
    opening ??= connect().catch((error: unknown) => {
      opening = undefined;
      throw TransportError.is(error)
        ? error
        : new TransportError('endpoint', `proxy_url: ${messageOf(error)}`, { cause: error });
    });
    return opening;
  }

  async function exchange(call: HttpCall, signal: AbortSignal): Promise<HttpResponse> {
    const { request, dispatcher } = await open();
    const headers: Record<string, string> = {
      ...(options.userAgent !== undefined && { 'user-agent': options.userAgent }),
      ...lowerCased(call.headers),
      ...ownHeaders,
    };
    const isPacked =
      compression !== 'none' &&
      call.body.byteLength >= minCompressedBytes &&
      !('content-encoding' in headers);
    const packed = isPacked ? await compress(compression, call.body, compressionLevel) : undefined;
    if (packed !== undefined) headers['content-encoding'] = compression;
    const reply = await request(call.url, {
      dispatcher,
      method: 'POST',
      headers,
      body: packed ?? call.body,
      signal,
    });
    return {
      status: reply.statusCode,
      headers: reply.headers,
      body: await readAtMost(reply.body, maxReplyBytes),
    };
  }

  return {
    async open() {
      await open();
    },
    async post(call) {
      const { timeoutMs = 0, signal } = call;
      const end = new AbortController();
      const abort = (): void => end.abort(new TransportError('aborted', `${nameOf(call.url)}: aborted`));
      if (signal?.aborted || closing.signal.aborted) abort();
      signal?.addEventListener('abort', abort, { once: true });
      closing.signal.addEventListener('abort', abort, { once: true });
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
        closing.signal.removeEventListener('abort', abort);
      }
    },
    async close() {
      closing.abort();
      const opened = await opening?.catch(() => undefined);
      await opened?.dispatcher.destroy();
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
