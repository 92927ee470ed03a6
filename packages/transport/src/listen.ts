import {
  connect,
  type AddressInfo,
  type ListenOptions,
  type Server as NetServer,
  type Socket,
} from 'node:net';
import type { Runtime } from '@tributary/component';
import { maxConnections } from './connections.js';
import { formatHostPort, splitHostPort } from './endpoint.js';
import { messageOf, TransportError } from './errors.js';

/** A client that does not finish its TLS handshake is cut off after this time. */
export const handshakeTimeoutMs: number = 10_000;

/** What a server may listen on. `tcp` is both families where the endpoint names none. */
export type ListenTransport = 'tcp' | 'tcp4' | 'tcp6' | 'unix';

export interface ListenerOptions {
  readonly endpoint: string;
  readonly transport: ListenTransport;
  /** Makes the server of one address. */
  readonly create: () => NetServer;
  /** Removes the file of a socket that nobody serves any more. */
  readonly fs: Pick<Runtime['fs'], 'lstat' | 'unlink'>;
  /** Hears of connections that could not be accepted; the next one may be. */
  readonly onError: (error: Error) => void;
  /** Hears once that it listens no more although nobody stopped it. */
  readonly onDeath: (error: Error) => void;
}

/** Listening sockets of one endpoint: two for `localhost`, one for any other. */
export interface Listener {
  /** The endpoint with the port that was bound. */
  readonly address: string;
  /** Accepts no more. Resolves when the last connection has ended. */
  stop(): Promise<void>;
  /** Ends every connection now. */
  cut(): void;
}

/**
 * Binds an endpoint. `localhost` is bound on 127.0.0.1 and ::1, on the same port
 * also where that is 0; a machine without one of the two is served on the other.
 *
 * @throws TransportError
 */
export async function listen(options: ListenerOptions): Promise<Listener> {
  const sockets = new Set<Socket>();
  let state: 'binding' | 'listening' | 'over' = 'binding';
  const die = (error: Error): void => {
    if (state !== 'listening') return;
    state = 'over';
    options.onDeath(error);
  };
  // All of it from the first moment: with two addresses, the first one serves while the second one is bound.
  const create = (): NetServer => {
    const server = options.create();
    // Those in their TLS handshake, and those that are all busy.
    server.maxConnections = 2 * maxConnections;
    return (
      server
        .on('connection', (socket: Socket) => {
          sockets.add(socket);
          socket.once('close', () => sockets.delete(socket));
        })
        // Unheard, it would end the process.
        .on('error', (error) => (isPassing(error) ? options.onError(error) : die(error)))
        .on('close', () => die(new Error('the listening socket was closed')))
    );
  };
  const { address, servers } = await bind({ ...options, create });
  state = 'listening';
  return {
    address,
    async stop() {
      state = 'over';
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    },
    cut() {
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Closes what was bound when its server had been closed already, and says so. */
export async function closedEarly(listener: Listener): Promise<TransportError> {
  listener.cut();
  await listener.stop();
  return new TransportError('listen', `cannot listen on ${listener.address}: closed before it was open`);
}

/** What keeps one connection from being accepted and may not keep the next one: Go's list of them. */
const passingCodes: ReadonlySet<string | undefined> = new Set([
  'ECONNABORTED',
  'ECONNRESET',
  'EMFILE',
  'ENFILE',
  'ENOBUFS',
  'ENOMEM',
  'EINTR',
  'EAGAIN',
  'ETIMEDOUT',
]);

function isPassing(error: Error): boolean {
  return passingCodes.has((error as NodeJS.ErrnoException).code);
}

interface Bound {
  readonly address: string;
  readonly servers: readonly NetServer[];
}

async function bind(options: ListenerOptions): Promise<Bound> {
  const { endpoint, transport } = options;
  if (transport === 'unix') {
    return { address: endpoint, servers: [await bindFile(options)] };
  }
  const parts = splitHostPort(endpoint);
  if (typeof parts === 'string') throw new TransportError('endpoint', parts);
  const { host, port } = parts;
  if (host === 'localhost') return bindLocalhost(port, loopbacks[transport], options);
  const server = await bindOne(options, host === '' ? anyAddress(transport, port) : { host, port }, endpoint);
  const { family, port: bound } = server.address() as AddressInfo;
  if (transport !== 'tcp' && family !== families[transport]) {
    server.close();
    throw new TransportError('listen', `cannot listen on ${endpoint}: no suitable address for ${transport}`);
  }
  return {
    address: formatHostPort(host || (transport === 'tcp4' ? '0.0.0.0' : '::'), bound),
    servers: [server],
  };
}

type TcpTransport = Exclude<ListenTransport, 'unix'>;

const families: Readonly<Record<'tcp4' | 'tcp6', string>> = { tcp4: 'IPv4', tcp6: 'IPv6' };

const loopbacks: Readonly<Record<TcpTransport, readonly string[]>> = {
  tcp: ['127.0.0.1', '::1'],
  tcp4: ['127.0.0.1'],
  tcp6: ['::1'],
};

function anyAddress(transport: TcpTransport, port: number): ListenOptions {
  if (transport === 'tcp4') return { host: '0.0.0.0', port };
  if (transport === 'tcp6') return { host: '::', port, ipv6Only: true };
  // No host is all addresses: one socket for both families where there is IPv6.
  return { port };
}

/** A server that died leaves its file, and nobody could listen there again; one that serves is left alone. */
async function bindFile(options: ListenerOptions): Promise<NetServer> {
  const { endpoint: path, fs } = options;
  try {
    return await bindOne(options, { path }, path);
  } catch (error) {
    if (causeCode(error) !== 'EADDRINUSE') throw error;
    const isSocket = await fs.lstat(path).then(
      (file) => file.isSocket(),
      () => false,
    );
    if (!isSocket || !(await isDeserted(path))) throw error;
    try {
      await fs.unlink(path);
    } catch (unlinking) {
      throw failure(path, unlinking as Error);
    }
    return bindOne(options, { path }, path);
  }
}

/** Whether nobody answers at a socket file. */
function isDeserted(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'));
  });
}

/** How often a free port of 127.0.0.1 may turn out to be taken on ::1 before we give up. */
const portAttempts = 16;

async function bindLocalhost(
  port: number,
  hosts: readonly string[],
  options: ListenerOptions,
): Promise<Bound> {
  for (let attempt = 1; ; attempt++) {
    const servers: NetServer[] = [];
    let bound = port;
    try {
      for (const host of hosts) {
        try {
          const server = await bindOne(options, { host, port: bound }, formatHostPort(host, bound));
          servers.push(server);
          bound = portOf(server);
        } catch (error) {
          const wasLastHope = host === hosts.at(-1) && servers.length === 0;
          if (!isFamilyMissing(error) || wasLastHope) throw error;
        }
      }
      return { address: `localhost:${bound}`, servers };
    } catch (error) {
      for (const server of servers) server.close();
      const isTaken = port === 0 && causeCode(error) === 'EADDRINUSE';
      if (!isTaken || attempt === portAttempts) throw error;
    }
  }
}

function bindOne(options: ListenerOptions, where: ListenOptions, address: string): Promise<NetServer> {
  const server = options.create();
  return new Promise((resolve, reject) => {
    const refuse = (error: Error): void => reject(failure(address, error));
    server.once('error', refuse);
    server.listen(where, () => {
      server.off('error', refuse);
      resolve(server);
    });
  });
}

function failure(address: string, cause: Error): TransportError {
  return new TransportError('listen', `cannot listen on ${address}: ${describe(cause)}`, { cause });
}

function describe(error: Error): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return 'address already in use';
    case 'EACCES':
      return 'permission denied';
    case 'EADDRNOTAVAIL':
      return 'this machine has no such address';
    default:
      return messageOf(error);
  }
}

function isFamilyMissing(error: unknown): boolean {
  const code = causeCode(error);
  return code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT';
}

function causeCode(error: unknown): string | undefined {
  return ((error as Error).cause as NodeJS.ErrnoException | undefined)?.code;
}

function portOf(server: NetServer): number {
  return (server.address() as AddressInfo).port;
}
