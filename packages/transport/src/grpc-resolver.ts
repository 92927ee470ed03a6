import { isIP } from 'node:net';
import { experimental, status, type ChannelOptions } from '@grpc/grpc-js';
import type { Runtime, Timer } from '@tributary/component';
import { messageOf } from './errors.js';

/**
 * Names are looked up with the DNS of the runtime, and no balancer is taken from a
 * TXT record: @grpc/grpc-js' own resolver has the system's DNS and asks for one.
 */
const scheme = 'tributary-dns';

/** The option by which a channel hands its resolver what it needs. */
const needsOption = 'tributary.resolver';

type Needs = Pick<Runtime, 'clock' | 'dns'>;

/** A channel whose connections all broke asks for new addresses at once, and again; DNS is asked no more often. */
const minTimeBetweenLookupsMs = 10_000;
const maxPauseMs = 10_000;

/** Makes the target of a channel, and the options that belong to it. */
export function resolvedBy(
  runtime: Needs,
  hostPort: string,
): { readonly address: string; readonly options: ChannelOptions } {
  register();
  return { address: `${scheme}:${hostPort}`, options: { [needsOption]: { runtime } } };
}

let isRegistered = false;

function register(): void {
  if (!isRegistered) experimental.registerResolver(scheme, NameResolver);
  isRegistered = true;
}

class NameResolver implements experimental.Resolver {
  readonly #host: string;
  readonly #port: number;
  readonly #listener: experimental.ResolverListener;
  readonly #runtime: Needs;
  /** What is under way; a new word for each, so that a late answer is known as such. */
  #lookup: symbol | undefined;
  #timer: Timer | undefined;
  #isWanted = false;
  #pauseMs = 1000;

  constructor(
    target: experimental.GrpcUri,
    listener: experimental.ResolverListener,
    options: ChannelOptions,
  ) {
    // `parseGrpcEndpoint` has seen to it that there is a port.
    const { host, port = 0 } = experimental.splitHostPort(target.path)!;
    this.#host = host;
    this.#port = port;
    this.#listener = listener;
    this.#runtime = (options[needsOption] as { readonly runtime: Needs }).runtime;
  }

  static getDefaultAuthority(target: experimental.GrpcUri): string {
    return target.path;
  }

  updateResolution(): void {
    if (this.#lookup !== undefined) return;
    this.#isWanted = true;
    if (this.#timer === undefined) void this.#resolve();
  }

  destroy(): void {
    this.#timer?.stop();
    this.#timer = undefined;
    this.#lookup = undefined;
    this.#isWanted = false;
  }

  /** Never rejects: a failure is told to the listener, and tried again. */
  async #resolve(): Promise<void> {
    const own = Symbol();
    this.#lookup = own;
    this.#isWanted = false;
    const found = await this.#addresses().catch((error: unknown) => messageOf(error));
    if (this.#lookup !== own) return;
    this.#lookup = undefined;
    if (typeof found !== 'string' && found.length > 0) {
      this.#pauseMs = 1000;
      this.#pause(minTimeBetweenLookupsMs);
      const endpoints = found.map(({ address }) => ({ addresses: [{ host: address, port: this.#port }] }));
      this.#listener(experimental.statusOrFromValue(endpoints), {}, null, '');
      return;
    }
    this.#isWanted = true;
    this.#pause(this.#pauseMs);
    this.#pauseMs = Math.min(this.#pauseMs * 2, maxPauseMs);
    const why = typeof found === 'string' ? found : 'no address';
    const details = `Name resolution failed for ${this.#host}: ${why}`;
    this.#listener(experimental.statusOrFromError({ code: status.UNAVAILABLE, details }), {}, null, '');
  }

  async #addresses(): Promise<readonly { readonly address: string }[]> {
    if (isIP(this.#host) !== 0) return [{ address: this.#host }];
    return this.#runtime.dns.lookup(this.#host, { all: true });
  }

  #pause(ms: number): void {
    this.#timer = this.#runtime.clock.after(ms, () => {
      this.#timer = undefined;
      if (this.#isWanted) void this.#resolve();
    });
  }
}
