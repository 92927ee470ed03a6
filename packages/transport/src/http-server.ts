import { createServer as createPlainServer, type Server as NodeServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { Exchanges } from './http-exchange.js';
import type { HttpServerOptions } from './http.js';
import { closedEarly, handshakeTimeoutMs, listen, type Listener } from './listen.js';
import { socketTimeMs } from './timer-limits.js';
import { loadServerTls, type LoadedServerTls } from './tls.js';
import type { Server } from './unary.js';

const defaultMaxHeaderBytes = 64 << 10;
const defaultHeaderTimeoutMs = 60_000;
const defaultRequestTimeoutMs = 300_000;
const defaultIdleTimeoutMs = 60_000;

/** An HTTP/1.1 server on node:http. */
export function createHttpServer(options: HttpServerOptions): Server {
  const { runtime } = options;
  const exchanges = new Exchanges(options);
  let listener: Listener | undefined;
  let closed: Promise<void> | undefined;

  return {
    async listen() {
      const tls = options.tls && (await loadServerTls(options.tls, runtime.fs));
      listener = await listen({
        endpoint: options.endpoint,
        transport: options.transport ?? 'tcp',
        create: () => createNodeServer(options, tls, exchanges),
        fs: runtime.fs,
        onError: (error) => runtime.logger.error('HTTP connection not accepted', { error: error.message }),
        onDeath: (error) => {
          runtime.logger.error('HTTP listener failed', { error: error.message });
          options.onDeath?.(error);
        },
      });
      if (closed !== undefined) throw await closedEarly(listener);
      return listener.address;
    },
    close(grace) {
      return (closed ??= closeServer(exchanges, listener, grace));
    },
  };
}

function createNodeServer(
  options: HttpServerOptions,
  tls: LoadedServerTls | undefined,
  exchanges: Exchanges,
): NodeServer {
  const requestTimeout = options.requestTimeoutMs ?? defaultRequestTimeoutMs;
  // The headers are a part of the request: Node refuses a longer limit for them.
  const headersTimeout = Math.min(
    options.headerTimeoutMs ?? defaultHeaderTimeoutMs,
    requestTimeout || Infinity,
  );
  const settings = {
    headersTimeout,
    requestTimeout,
    keepAliveTimeout: socketTimeMs(options.idleTimeoutMs ?? defaultIdleTimeoutMs),
    // How late the two limits may strike.
    connectionsCheckingInterval: Math.min(
      10_000,
      (headersTimeout || 20_000) / 2,
      (requestTimeout || 20_000) / 2,
    ),
    maxHeaderSize: options.maxHeaderBytes ?? defaultMaxHeaderBytes,
    // Whatever the process was started with: a lenient parser lets a second request hide in a body.
    insecureHTTPParser: false,
    noDelay: true,
  };
  const server =
    tls === undefined
      ? createPlainServer(settings)
      : createTlsServer({
          ...settings,
          ...tls,
          ALPNProtocols: ['http/1.1'],
          handshakeTimeout: handshakeTimeoutMs,
        });
  // Called by `close`. To Node a connection is idle although its client is still taking the
  // reply, which would be cut; `Exchanges` closes those that are.
  server.closeIdleConnections = () => {};
  server.on('request', (request, response) => exchanges.begin(request, response, false));
  // The client asks before it sends the body: it hears "continue" only when it was admitted.
  server.on('checkContinue', (request, response) => exchanges.begin(request, response, true));
  server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) =>
    exchanges.opened(socket),
  );
  return server;
}

async function closeServer(
  exchanges: Exchanges,
  listener: Listener | undefined,
  grace: AbortSignal,
): Promise<void> {
  const stopped = listener?.stop();
  const cut = (): void => listener?.cut();
  grace.addEventListener('abort', cut, { once: true });
  if (grace.aborted) cut();
  await exchanges.close();
  grace.removeEventListener('abort', cut);
  // What is left has no request under way: handshakes, half a header.
  listener?.cut();
  await stopped;
}
