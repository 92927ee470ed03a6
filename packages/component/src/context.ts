import type { AttributeValue } from '@tributary/pdata';

/** What travels beside a batch. Immutable; required on every call, so that it cannot be forgotten. */
export interface Context {
  readonly client: ClientInfo;
  /**
   * Aborts when the caller no longer waits. It says nothing about data that a
   * consumer has already accepted; `detached()` drops it for work that outlives
   * the call. Made on first use, so a request that nobody cancels pays nothing.
   */
  readonly signal: AbortSignal;
  detached(): Context;
  with(change: { readonly client?: ClientInfo }): Context;
}
/** What is known of whoever sent a batch. */
export interface ClientInfo {
  readonly address?: string;
  /** Lower-case names; only what `include_metadata` asked for. */
  readonly metadata: ReadonlyMap<string, readonly string[]>;
  /** What an auth extension found out. */
  readonly auth?: Readonly<Record<string, AttributeValue>>;
}
/** What a receiver knows of its caller when it makes a context. */
export interface ContextInit {
  readonly client?: ClientInfo;
  /** Called on the first read of `signal`; without it the signal never aborts. */
  readonly signal?: () => AbortSignal;
}

/** A context of its own, for receivers. */
export function createContext(init: ContextInit): Context {
  return new CallContext(init.client ?? nobody, init.signal);
}

const nobody: ClientInfo = { metadata: new Map() };

class CallContext implements Context {
  readonly client: ClientInfo;
  #signal: AbortSignal | undefined;
  readonly #makeSignal: (() => AbortSignal) | undefined;

  constructor(client: ClientInfo, makeSignal: (() => AbortSignal) | undefined) {
    this.client = client;
    this.#makeSignal = makeSignal;
  }

  get signal(): AbortSignal {
    return (this.#signal ??= this.#makeSignal?.() ?? new AbortController().signal);
  }

  detached(): Context {
    return this.#makeSignal === undefined ? this : new CallContext(this.client, undefined);
  }

  with(change: { readonly client?: ClientInfo }): Context {
    return new CallContext(change.client ?? this.client, () => this.signal);
  }
}

/** For data that has no caller: scrapes, timers, files. */
export const background: Context = createContext({});
