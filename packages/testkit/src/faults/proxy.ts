import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { systemRuntime } from '@tributary/collector';
import type { Clock } from '@tributary/component';
import { splitHostPort } from '@tributary/transport';
import { Connection } from './connection.js';
import { PlannedFaults, type FaultPlan } from './fault.js';

/** What a {@link faultProxy} stands in front of. */
export interface FaultProxyOptions {
  /** `127.0.0.1:4317` or `http://127.0.0.1:4318`: `grpc` or `http` of a test server, or any server of HTTP in plaintext. */
  readonly to: string;
  /** For delays and throttles. Default: that of the machine. */
  readonly clock?: Clock;
}

/** A network that fails as it is told. */
export interface FaultProxy extends FaultPlan, AsyncDisposable {
  /** Where clients send instead, in the form of `to`. */
  readonly endpoint: string;
  /** How many faults have struck. */
  readonly struck: number;
  /** Connections that are open now. */
  readonly connections: number;
  /**
   * Resets what is open. Safe twice.
   *
   * @throws Error where a client came by TLS or by no HTTP, so that no fault could strike it; what `each` threw
   */
  close(): Promise<void>;
}

/**
 * Stands between a client and a server, over real sockets, and does to requests what a network does.
 *
 * @example
 * await using server = await testServer();
 * await using network = await faultProxy({ to: server.grpc });
 * const exporter = otlpExporter({ endpoint: network.endpoint, tls: { insecure: true } });
 * network.next({ kind: 'cut', at: 'answer' });
 */
export async function faultProxy({
  to,
  clock = systemRuntime().clock,
}: FaultProxyOptions): Promise<FaultProxy> {
  const { scheme, host, port } = targetOf(to);
  const plan = new PlannedFaults();
  const connections = new Set<Connection>();
  let struck = 0;
  let failure: Error | undefined;

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client: Socket) => {
    const upstream = connect({ host, port, allowHalfOpen: true, noDelay: true });
    const connection = new Connection(client, upstream, {
      clock,
      take: () => plan.take(),
      onStruck: () => void struck++,
    });
    connections.add(connection);
    // Never rejects.
    void connection.run().then((error) => {
      connections.delete(connection);
      failure ??= error;
    });
  });
  const address = await listen(server);
  let closed: Promise<void> | undefined;

  async function close(): Promise<void> {
    for (const connection of connections) connection.cut();
    await (closed ??= new Promise((resolve) => server.close(() => resolve())));
    if (failure !== undefined) throw failure;
  }

  return {
    endpoint: `${scheme}${address}`,
    next: (...faults) => plan.next(...faults),
    each: (choose) => plan.each(choose),
    get struck() {
      return struck;
    },
    get connections() {
      return connections.size;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function targetOf(to: string): { readonly scheme: string; readonly host: string; readonly port: number } {
  const [, scheme = '', rest = ''] = /^(http:\/\/)?(.*?)\/?$/.exec(to) ?? [];
  const target = splitHostPort(rest);
  if (typeof target === 'string') {
    throw new RangeError(`faultProxy: to must be "host:port" or "http://host:port", got "${to}": ${target}`);
  }
  return { scheme, ...target };
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
