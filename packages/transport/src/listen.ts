import type { AddressInfo, ListenOptions, Server as NetServer, Socket } from 'node:net';
import { formatHostPort, splitHostPort } from './endpoint.js';
import { messageOf, TransportError } from './errors.js';

/** A client that does not finish its TLS handshake is cut off after this time. */
export const handshakeTimeoutMs: number = 10_000;

export interface ListenerOptions {
  readonly endpoint: string;
  readonly transport: 'tcp' | 'unix';
  /** Makes the server of one address. */
  readonly create: () => NetServer;
  /** Hears of errors after binding. */
  readonly onError: (error: Error) => void;
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
  // From the first moment: with two addresses, the first one serves while the second one is bound.
  const create = (): NetServer =>
    options.create().on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    });
  const { address, servers } = await bind({ ...options, create });
  return {
    address,
    async stop() {
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    },
    cut() {
      for (const socket of sockets) socket.destroy();
    },
  };
}

interface Bound {
  readonly address: string;
  readonly servers: readonly NetServer[];
}

async function bind(options: ListenerOptions): Promise<Bound> {
  const { endpoint, transport } = options;
  if (transport === 'unix') {
    return { address: endpoint, servers: [await bindOne(options, { path: endpoint }, endpoint)] };
  }
  const parts = splitHostPort(endpoint);
  if (typeof parts === 'string') throw new TransportError('endpoint', parts);
  if (parts.host === 'localhost') return bindLocalhost(parts.port, options);
  // No host is all addresses: one socket for both families where there is IPv6.
  const where = parts.host === '' ? { port: parts.port } : { host: parts.host, port: parts.port };
  const server = await bindOne(options, where, endpoint);
  return { address: formatHostPort(parts.host || '::', portOf(server)), servers: [server] };
}

/** How often a free port of 127.0.0.1 may turn out to be taken on ::1 before we give up. */
const portAttempts = 16;

async function bindLocalhost(port: number, options: ListenerOptions): Promise<Bound> {
  for (let attempt = 1; ; attempt++) {
    const servers: NetServer[] = [];
    let bound = port;
    try {
      for (const host of ['127.0.0.1', '::1']) {
        try {
          const server = await bindOne(options, { host, port: bound }, formatHostPort(host, bound));
          servers.push(server);
          bound = portOf(server);
        } catch (error) {
          const wasLastHope = host === '::1' && servers.length === 0;
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
    const refuse = (error: Error): void =>
      reject(
        new TransportError('listen', `cannot listen on ${address}: ${describe(error)}`, { cause: error }),
      );
    server.once('error', refuse);
    server.listen(where, () => {
      server.off('error', refuse);
      // Such as no more file descriptors; unheard, it would end the process.
      server.on('error', options.onError);
      resolve(server);
    });
  });
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
