import type { Timer } from '@tributary/component';
import type { Host, Network, SimulatedServer } from './network.js';
import type { Link } from './link.js';
import { RpcError, type Metadata, type RpcStatus, type UnaryRequest } from '@tributary/transport';

/** Those of gRPC that the network itself answers with. */
export const codes = {
  cancelled: 1,
  deadlineExceeded: 4,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
} as const;

/** What was asked of whom. */
export interface Question {
  readonly id: number;
  readonly from: Host;
  readonly to: Host;
  readonly port: number;
  readonly path: string;
  readonly message: Uint8Array;
  readonly metadata: Metadata;
  readonly timeoutMs: number;
}

/** Sees both ends of every call. */
export interface CallWatcher {
  sent(call: Call): void;
  /** The server begins with it. */
  arrived(call: Call): void;
  /** The server is done with it, whether or not somebody hears of that. */
  handled(call: Call, failure: RpcStatus | undefined): void;
  /** The client is told. */
  heard(call: Call, failure: RpcStatus | undefined): void;
}

type Settle = {
  readonly resolve: (response: Uint8Array) => void;
  readonly reject: (error: RpcError) => void;
};

/**
 * One call. Its ends know of each other only by messages over the link.
 *
 *     client: waiting -> told | gone
 *     server: travelling -> handling -> done
 */
export class Call {
  readonly question: Question;
  /** Which process of the host it was. */
  readonly fromLife: number;
  toLife: number | undefined;
  client: 'waiting' | 'told' | 'gone' = 'waiting';
  server: 'travelling' | 'handling' | 'done' = 'travelling';
  readonly #link: Link;
  readonly #network: Network;
  readonly #signal = new AbortController();
  #server: SimulatedServer | undefined;
  #settle: Settle | undefined;
  #onEnd: (() => void) | undefined;
  #deadline: Timer | undefined;

  constructor(question: Question, link: Link, network: Network) {
    this.question = question;
    this.fromLife = question.from.life;
    this.#link = link;
    this.#network = network;
  }

  /** @param onEnd called when the client is told */
  begin(onEnd: () => void): Promise<Uint8Array> {
    const { from } = this.question;
    this.#onEnd = onEnd;
    this.#link.calls.add(this);
    this.#network.watcher.sent(this);
    this.#link.send(from, () => this.#arrive());
    return new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
  }

  /** The client waits no longer, and says so. */
  giveUp(code: number, message: string): void {
    if (this.client !== 'waiting') return;
    this.#tell({ code, message });
    this.#link.send(this.question.from, () => this.#abandon());
  }

  /** Both ends notice that the connection broke. */
  breakOff(): void {
    this.#abandon();
    this.#tell({ code: codes.unavailable, message: 'connection reset' });
  }

  /** One of the ends is no more. */
  forget(dead: Host): void {
    if (dead === this.question.from) this.client = 'gone';
    else this.#leaveServer();
    this.#tidy();
  }

  #arrive(): void {
    const { to, port, path, message, timeoutMs } = this.question;
    if (to.state === 'machine') return;
    const server = to.servers.get(port);
    if (server === undefined) return this.#answer({ code: codes.unavailable, message: 'connection refused' });
    const method = server.methods.get(path);
    if (method === undefined || 'stream' in method) {
      return this.#answer({ code: codes.unimplemented, message: `no unary method ${path}` });
    }
    if (message.byteLength > server.maxMessageBytes) {
      return this.#answer({ code: codes.resourceExhausted, message: 'the message is too large' });
    }
    this.#server = server;
    this.server = 'handling';
    this.toLife = to.life;
    server.calls.add(this);
    this.#network.watcher.arrived(this);
    const refusal = method.admit?.();
    if (refusal !== undefined) return this.#handled(refusal);
    if (timeoutMs > 0) this.#deadline = this.#network.clock.after(timeoutMs, () => this.#abandon());
    // As a server on sockets does: anything thrown becomes a status, and a handler that is done at once is done at once.
    const fail = (error: unknown): void =>
      this.#handled(RpcError.is(error) ? error : { code: codes.internal, message: 'internal error' });
    try {
      const outcome = method.handle(this.#request());
      if (outcome instanceof Uint8Array) this.#handled(undefined, outcome);
      else outcome.then((response) => this.#handled(undefined, response), fail);
    } catch (error) {
      fail(error);
    }
  }

  #request(): UnaryRequest {
    const { from, message, metadata } = this.question;
    // Memory of its own: the handler may do with it what it likes.
    return { message: message.slice(), metadata, peer: `${from.name}:1`, signal: this.#signal.signal };
  }

  #handled(failure: RpcStatus | undefined, response: Uint8Array = new Uint8Array()): void {
    // A dead process has no effect.
    if (this.#server === undefined || this.question.to.life !== this.toLife) return;
    this.#network.watcher.handled(this, failure);
    // One that was abandoned is answered to nobody.
    if (this.server === 'handling') this.#answer(failure, response);
    this.#leaveServer();
    this.#tidy();
  }

  #answer(failure: RpcStatus | undefined, response?: Uint8Array): void {
    this.#link.send(this.question.to, () => this.#tell(failure, response));
  }

  #tell(failure: RpcStatus | undefined, response: Uint8Array = new Uint8Array()): void {
    if (this.client !== 'waiting') return;
    this.client = 'told';
    this.#onEnd?.();
    this.#network.watcher.heard(this, failure);
    if (failure === undefined) this.#settle!.resolve(response);
    else
      this.#settle!.reject(
        new RpcError({ ...failure, message: `${this.question.to.name}: ${failure.message}` }),
      );
    this.#tidy();
  }

  /** The server learns that nobody waits. Its handler may go on; what it says is not heard. */
  #abandon(): void {
    if (this.server !== 'handling') return;
    this.#leaveServer();
    this.#signal.abort();
    this.#tidy();
  }

  #leaveServer(): void {
    this.server = 'done';
    this.#deadline?.stop();
    this.#server?.left(this);
  }

  #tidy(): void {
    if (this.client !== 'waiting' && this.server !== 'handling') this.#link.calls.delete(this);
  }
}
