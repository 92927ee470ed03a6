import type { Clock } from '@tributary/component';
import {
  RpcError,
  splitHostPort,
  type Server,
  type Transport,
  type UnaryClient,
  type UnaryClientOptions,
  type UnaryServerOptions,
} from '@tributary/transport';
import { Call, codes, type CallWatcher } from './call.js';
import { Link } from './link.js';
import type { Random } from './random.js';

/**
 * Hosts, and links between them, in place of sockets: unary calls that take their time, get lost, are cut off
 * or meet nobody. What a layer above TCP and HTTP/2 sees of these is kept; TLS, compression, pings, streams
 * and the limits of connections are not there.
 */
export class Network {
  readonly clock: Clock;
  readonly random: Random;
  readonly watcher: CallWatcher;
  readonly #hosts = new Map<string, Host>();
  readonly #links = new Map<string, Link>();
  #calls = 0;

  constructor(clock: Clock, random: Random, watcher: CallWatcher) {
    this.clock = clock;
    this.random = random;
    this.watcher = watcher;
  }

  /** The host of this name, which is up from its first mention on. */
  host(name: string): Host {
    let host = this.#hosts.get(name);
    if (host === undefined) this.#hosts.set(name, (host = new Host(this, name)));
    return host;
  }

  /** The way between two hosts, there and back. */
  link(a: Host, b: Host): Link {
    const [first, second] = a.name < b.name ? [a, b] : [b, a];
    const key = `${first.name} ${second.name}`;
    let link = this.#links.get(key);
    if (link === undefined) {
      link = new Link(this.clock, this.random.fork());
      this.#links.set(key, link);
      first.links.add(link);
      second.links.add(link);
    }
    return link;
  }

  nextCall(): number {
    return ++this.#calls;
  }
}

/**
 * What happened to a host that is down: the process died, so that its system breaks connections and refuses
 * new ones, or the machine did, so that nobody answers at all.
 */
export type Death = 'process' | 'machine';

/** A machine with one process. */
export class Host {
  readonly name: string;
  readonly links: Set<Link> = new Set();
  readonly servers: Map<number, SimulatedServer> = new Map();
  /** Counts processes. What one that is dead still does has no effect. */
  life = 1;
  state: 'up' | Death = 'up';
  readonly #network: Network;

  constructor(network: Network, name: string) {
    this.#network = network;
    this.name = name;
  }

  /** For the process that runs now. */
  transport(): Transport {
    const noHttp = (): never => {
      throw new Error('the simulated network has no HTTP');
    };
    return {
      createUnaryServer: (options) => new SimulatedServer(this, options),
      createUnaryClient: (options) => this.#createClient(options),
      createHttpServer: noHttp,
      createHttpClient: noHttp,
    };
  }

  /** The process is no more, with all that it had. */
  die(death: Death): void {
    this.life++;
    this.state = death;
    this.servers.clear();
    for (const link of this.links) link.lose(this, death === 'process');
  }

  /** Another process. */
  revive(): void {
    this.state = 'up';
  }

  #createClient({ endpoint, runtime, waitForReady }: UnaryClientOptions): UnaryClient {
    if (waitForReady === true) throw new Error('the simulated network does not wait for peers');
    const network = this.#network;
    const { life } = this;
    const address = splitHostPort(endpoint);
    if (typeof address === 'string') throw new Error(address);
    const to = network.host(address.host);
    const calls = new Set<Call>();
    let isClosed = false;
    return {
      open: async () => {},
      call: (path, message, { timeoutMs = 0, signal, metadata = new Map() } = {}) => {
        // Nobody is left to hear of it.
        if (this.life !== life) return new Promise(() => {});
        if (isClosed || signal?.aborted === true) {
          return Promise.reject(new RpcError({ code: codes.cancelled, message: `${endpoint}: cancelled` }));
        }
        const link = network.link(this, to);
        const id = network.nextCall();
        const call = new Call(
          { id, from: this, to, port: address.port, path, message, metadata, timeoutMs },
          link,
          network,
        );
        calls.add(call);
        const cancel = (): void => call.giveUp(codes.cancelled, 'the call was cancelled');
        const tooLate = (): void => call.giveUp(codes.deadlineExceeded, `no answer within ${timeoutMs} ms`);
        const timer = timeoutMs > 0 ? runtime.clock.after(timeoutMs, tooLate) : undefined;
        signal?.addEventListener('abort', cancel, { once: true });
        return call.begin(() => {
          timer?.stop();
          signal?.removeEventListener('abort', cancel);
          calls.delete(call);
        });
      },
      close() {
        isClosed = true;
        for (const call of calls) call.giveUp(codes.cancelled, 'the client is closed');
      },
    };
  }
}

/** Listens at a port of its host. */
export class SimulatedServer implements Server {
  readonly methods: UnaryServerOptions['methods'];
  readonly maxMessageBytes: number;
  /** Under way here. */
  readonly calls: Set<Call> = new Set();
  readonly #host: Host;
  readonly #endpoint: string;
  readonly #port: number;
  #whenIdle: (() => void) | undefined;
  #closed: Promise<void> | undefined;

  constructor(host: Host, { endpoint, methods, maxMessageBytes = 4 << 20 }: UnaryServerOptions) {
    const address = splitHostPort(endpoint);
    if (typeof address === 'string') throw new Error(address);
    this.#host = host;
    this.#endpoint = endpoint;
    this.#port = address.port;
    this.methods = methods;
    this.maxMessageBytes = maxMessageBytes;
  }

  async listen(): Promise<string> {
    if (this.#host.servers.has(this.#port)) throw new Error(`${this.#endpoint} is in use`);
    this.#host.servers.set(this.#port, this);
    return this.#endpoint;
  }

  close(grace: AbortSignal): Promise<void> {
    return (this.#closed ??= this.#close(grace));
  }

  left(call: Call): void {
    this.calls.delete(call);
    if (this.calls.size === 0) this.#whenIdle?.();
  }

  async #close(grace: AbortSignal): Promise<void> {
    if (this.#host.servers.get(this.#port) === this) this.#host.servers.delete(this.#port);
    const cut = (): void => {
      for (const call of this.calls) call.breakOff();
    };
    grace.addEventListener('abort', cut, { once: true });
    if (grace.aborted) cut();
    if (this.calls.size > 0) await new Promise<void>((resolve) => (this.#whenIdle = resolve));
    grace.removeEventListener('abort', cut);
  }
}
