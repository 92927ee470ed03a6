import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { LookupOptions } from 'node:dns';
import type { LookupFunction, Socket } from 'node:net';
import { callbackify } from 'node:util';
import type { Runtime } from '@tributary/component';
import type { buildConnector, Client, Dispatcher } from 'undici';
import { formatHostPort } from './endpoint.js';
import { messageOf } from './errors.js';
import type { HttpClientOptions } from './http.js';
import { parseProxy, proxyFor, type Proxy } from './proxy.js';
import { socketTimeMs } from './timer-limits.js';
import type { LoadedClientTls } from './tls.js';

/** Less than the 60 s after which many servers and balancers drop an idle connection: we must be first. */
const defaultIdleTimeoutMs = 45_000;
/** For a connection and its handshakes, that with a proxy included. */
const connectTimeoutMs = 10_000;
const defaultMaxIdleConnections = 100;
const defaultPingTimeoutMs = 15_000;
const maxRoutes = 16;
/** Requests that share a connection of HTTP/2. */
const maxSharing = 100;

/** How a request comes to its server. */
export interface Route {
  readonly dispatcher: Dispatcher;
  readonly origin: string;
  /** A whole URL where a proxy passes plain requests on. */
  readonly path: string;
  /** Of the proxy, and of the user in the URL. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The connections of one client. */
export interface HttpConnections {
  /** @throws TypeError where it is no URL */
  routeTo(url: string): Route;
  /** Closes what is idle beyond the limits. To be called when a request is done. */
  trim(): void;
  destroy(): Promise<void>;
}

type Undici = (typeof import('undici'))['default'];
type Connect = ReturnType<typeof buildConnector>;

/** A connection that is open. */
interface Connection {
  readonly client: Client;
  readonly socket: Socket;
  readonly origin: string;
}

export function openConnections(
  undici: Undici,
  options: HttpClientOptions,
  tls: LoadedClientTls | undefined,
): HttpConnections {
  const { runtime, environment = process.env } = options;
  const { maxIdleConnections = defaultMaxIdleConnections, maxIdleConnectionsPerHost = 0 } = options;
  const own = options.proxyUrl ? parseProxy(options.proxyUrl, 'proxy_url') : undefined;
  // A variable that cannot be read must not wait for the first request to say so.
  for (const scheme of ['http', 'https'] as const) {
    if (own === undefined) proxyFor({ scheme, host: '-', port: 1 }, environment);
  }

  const lookup = lookupOf(runtime);
  // There is no connection to share where each request has its own.
  const http2 = options.keepAlives === false ? undefined : options.http2;
  const connectDirectly = undici.buildConnector({
    ...tls,
    lookup,
    allowH2: http2 !== undefined,
    timeout: connectTimeoutMs,
  });
  // The proxy has a certificate of its own, which has nothing to do with the server's.
  const connectToProxy = undici.buildConnector({ lookup, timeout: connectTimeoutMs });
  const open = new Set<Connection>();
  const routes = new Map<string, Route>();
  /** So many connections are never too many. */
  const fewest = Math.min(maxIdleConnections || Infinity, maxIdleConnectionsPerHost || Infinity);
  const dispatchers = new Map<string, Dispatcher>();

  function dispatcherOf(key: string, connect: Connect): Dispatcher {
    let dispatcher = dispatchers.get(key);
    if (dispatcher === undefined) {
      dispatcher = createDispatcher(connect);
      dispatchers.set(key, dispatcher);
    }
    return dispatcher;
  }

  function createDispatcher(connect: Connect): Dispatcher {
    return new undici.Agent({
      keepAliveTimeout: socketTimeMs(options.idleConnectionTimeoutMs || defaultIdleTimeoutMs),
      // Our own timeout covers the whole exchange.
      headersTimeout: 0,
      bodyTimeout: 0,
      connections: options.maxConnectionsPerHost || null,
      ...(options.keepAlives === false && { pipelining: 0 }),
      allowH2: http2 !== undefined,
      ...(http2 && { pingInterval: http2.readIdleTimeoutMs ?? 0 }),
      factory: (origin, pool) =>
        new undici.Pool(origin, {
          ...(pool as object),
          connect,
          factory: (_, single) => createClient(String(origin), single, connect),
        }),
    });
  }

  function createClient(origin: string, single: object, connect: Connect): Client {
    const client: Client = new undici.Client(origin, {
      ...single,
      connect(parameters, done) {
        // The library would take the name from a `host` header, which may be any.
        connect({ ...parameters, servername: '' }, (...outcome) => {
          const [error, socket] = outcome;
          if (error === null) keep({ client, socket, origin });
          done(...outcome);
        });
      },
    });
    return client;
  }

  function keep(connection: Connection): void {
    const { client, socket } = connection;
    open.add(connection);
    socket.once('close', () => open.delete(connection));
    if (http2 === undefined || !('alpnProtocol' in socket) || socket.alpnProtocol !== 'h2') return;
    // Requests share the connection: with the library's default of one, each would wait for the last or
    // open its own. The server's own limit holds all the same.
    client.pipelining = maxSharing;
    if (http2.readIdleTimeoutMs) {
      watch(socket, http2.readIdleTimeoutMs + (http2.pingTimeoutMs ?? defaultPingTimeoutMs), runtime);
    }
  }

  function findRoute(url: URL): Route {
    const { protocol, origin, pathname, search } = url;
    const scheme = protocol === 'https:' ? 'https' : 'http';
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const port = Number(url.port) || (scheme === 'https' ? 443 : 80);
    const proxy = own ?? proxyFor({ scheme, host, port }, environment);
    const path = pathname + search;
    const headers = authorizationIn(url);
    if (proxy === undefined) {
      return { dispatcher: dispatcherOf('', connectDirectly), origin, path, headers };
    }
    const proxyOrigin = `${proxy.isSecure ? 'https' : 'http'}://${formatHostPort(proxy.host, proxy.port)}`;
    if (scheme === 'http') {
      return {
        dispatcher: dispatcherOf('plain', connectToProxy),
        origin: proxyOrigin,
        path: origin + path,
        headers: { ...headers, host: url.host, ...authorizationOf(proxy) },
      };
    }
    const tunnel = tunnelThrough(proxy, connectToProxy, connectDirectly, runtime);
    return { dispatcher: dispatcherOf(`tunnel ${proxyOrigin}`, tunnel), origin, path, headers };
  }

  return {
    routeTo(url) {
      let route = routes.get(url);
      if (route === undefined) {
        route = findRoute(new URL(url));
        // One client has a URL for each signal; those of others must not pile up.
        if (routes.size < maxRoutes) routes.set(url, route);
      }
      return route;
    },
    trim() {
      if (open.size <= fewest) return;
      let idle = 0;
      const idleByOrigin = new Map<string, number>();
      for (const { client, socket, origin } of open) {
        if (client.stats.size > 0) continue;
        const there = (idleByOrigin.get(origin) ?? 0) + 1;
        const isTooMany =
          (maxIdleConnections > 0 && idle >= maxIdleConnections) ||
          (maxIdleConnectionsPerHost > 0 && there > maxIdleConnectionsPerHost);
        // The older ones stay: a pool uses them first.
        if (isTooMany) {
          socket.destroy();
          continue;
        }
        idle++;
        idleByOrigin.set(origin, there);
      }
    },
    async destroy() {
      await Promise.all([...dispatchers.values()].map((dispatcher) => dispatcher.destroy()));
    },
  };
}

function authorizationOf({ credentials }: Proxy): Record<string, string> {
  if (credentials === undefined) return {};
  return { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` };
}

/** User and password of a URL, as every HTTP client sends them. */
function authorizationIn({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(user).toString('base64')}` };
}

/** Names are looked up by the runtime. */
function lookupOf({ dns }: Pick<Runtime, 'dns'>): LookupFunction {
  const lookup = callbackify((host: string, options: LookupOptions) =>
    dns.lookup(host, { ...options, all: true }),
  );
  return (host, options, done) =>
    lookup(host, options, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error !== null) done(error, '', 0);
      else if (options.all === true) done(null, addresses);
      else if (first !== undefined) done(null, first.address, first.family);
      else done(new Error(`no address of ${host}`), '', 0);
    });
}

/** Connects through a tunnel, which the proxy makes of a connection when it is asked by CONNECT. */
function tunnelThrough(
  proxy: Proxy,
  connectToProxy: Connect,
  connectOnwards: Connect,
  { clock }: Pick<Runtime, 'clock'>,
): Connect {
  const { host } = proxy;
  const protocol = proxy.isSecure ? 'https:' : 'http:';

  async function tunnel(parameters: buildConnector.Options): Promise<Socket> {
    const { hostname, port } = parameters;
    const target = formatHostPort(hostname.replace(/^\[|\]$/g, ''), Number(port) || 443);
    const socket = await connected(connectToProxy, {
      hostname: host,
      host,
      port: String(proxy.port),
      protocol,
    });
    const timer = clock.after(connectTimeoutMs, () => socket.destroy(new Error('no answer to CONNECT')));
    try {
      await askForTunnel(socket, target, authorizationOf(proxy));
    } catch (cause) {
      socket.destroy();
      throw new Error(`proxy ${host}: ${messageOf(cause)}`, { cause });
    } finally {
      timer.stop();
    }
    return connected(connectOnwards, { ...parameters, httpSocket: socket });
  }

  const connect = callbackify(tunnel);
  return (parameters, done) =>
    connect(parameters, (error, socket) => (error === null ? done(null, socket) : done(error, null)));
}

function connected(connect: Connect, parameters: buildConnector.Options): Promise<Socket> {
  return new Promise((resolve, reject) =>
    connect(parameters, (error, socket) => (error === null ? resolve(socket) : reject(error))),
  );
}

async function askForTunnel(socket: Socket, path: string, headers: Record<string, string>): Promise<void> {
  const asked = httpRequest({
    method: 'CONNECT',
    path,
    headers: { host: path, ...headers },
    createConnection: () => socket,
  });
  asked.end();
  const [reply] = (await once(asked, 'connect')) as [IncomingMessage];
  if (reply.statusCode !== 200) throw new Error(`it answers CONNECT with ${reply.statusCode}`);
}

/** Closes a connection on which nothing has come for so long, not even the answer to a ping. */
function watch(socket: Socket, silenceMs: number, { clock }: Pick<Runtime, 'clock'>): void {
  let bytes = socket.bytesRead;
  let since = clock.monotonic();
  const timer = clock.every(silenceMs / 4, () => {
    if (socket.bytesRead !== bytes) {
      bytes = socket.bytesRead;
      since = clock.monotonic();
    } else if (clock.monotonic() - since >= silenceMs) {
      socket.destroy(new Error(`nothing came for ${silenceMs} ms, not even the answer to a ping`));
    }
  });
  socket.once('close', () => timer.stop());
}
