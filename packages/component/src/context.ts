import { setMaxListeners } from 'node:events';
import type { AttributeValue, Signal } from '@tributary/pdata';

/** What travels beside a batch. Immutable; required on every call, so that it cannot be forgotten. */
export interface Context {
  readonly client: ClientInfo;
  /**
   * Aborts when the caller no longer waits. It says nothing about data that a
   * consumer has already accepted; `detached()` drops it for work that outlives
   * the call. Made on first use, so a request that nobody cancels pays nothing.
   */
  readonly signal: AbortSignal;
  /**
   * Tells the caller that somebody further on took the batch, but for a part that he will never take and
   * has booked as dropped: a receiver of OTLP answers with partial success. Not an error, and no outcome of
   * `consume`. Nobody hears it of a detached context.
   */
  tellRejected(rejected: RejectedPart): void;
  detached(): Context;
  with(change: { readonly client?: ClientInfo }): Context;
}
/** What a peer took a batch without. It does not say which items. */
export interface RejectedPart {
  /** Of the items; a caller passes on only what is about his own. */
  readonly signal: Signal;
  /** 0 where the peer took all, and only had something to say. */
  readonly items: number;
  readonly message: string;
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
  /** Hears of {@link Context.tellRejected}. */
  readonly onRejected?: (rejected: RejectedPart) => void;
}

/** A context of its own, for receivers. */
export function createContext(init: ContextInit): Context {
  return new CallContext(init.client ?? nobody, init.signal, init.onRejected);
}

const nobody: ClientInfo = { metadata: new Map() };

class CallContext implements Context {
  readonly client: ClientInfo;
  #signal: AbortSignal | undefined;
  readonly #makeSignal: ContextInit['signal'];
  readonly #onRejected: ContextInit['onRejected'];

  constructor(client: ClientInfo, makeSignal: ContextInit['signal'], onRejected: ContextInit['onRejected']) {
    this.client = client;
    this.#makeSignal = makeSignal;
    this.#onRejected = onRejected;
  }

  get signal(): AbortSignal {
    return (this.#signal ??= listenedByMany(this.#makeSignal?.() ?? new AbortController().signal));
  }

  tellRejected(rejected: RejectedPart): void {
    this.#onRejected?.(rejected);
  }

  detached(): Context {
    const isDetached = this.#makeSignal === undefined && this.#onRejected === undefined;
    return isDetached ? this : new CallContext(this.client, undefined, undefined);
  }

  with(change: { readonly client?: ClientInfo }): Context {
    return new CallContext(change.client ?? this.client, () => this.signal, this.#onRejected);
  }
}

/**
 * Each attempt to send listens for as long as it lasts, and all that have no caller listen to one signal:
 * Node warns of the eleventh as of a leak.
 */
function listenedByMany(signal: AbortSignal): AbortSignal {
  setMaxListeners(0, signal);
  return signal;
}

/** For data that has no caller: scrapes, timers, files. */
export const background: Context = createContext({});
