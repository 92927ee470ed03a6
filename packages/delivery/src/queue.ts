import type { Context, Host } from '@tributary/component';
import type { Batch, Signal } from '@tributary/pdata';
import type { Failure } from './retry.js';

/** A request on its way through a queue. Its batch is settled. */
export interface QueuedRequest<S extends Signal> {
  readonly batch: Batch<S>;
  readonly context: Context;
  readonly items: number;
  readonly bytes: number;
  /** Who waits for the result; absent where nobody does. */
  readonly caller?: Caller<S> | undefined;
}

/** Somebody who waits for the result of a request. */
export interface Caller<S extends Signal> {
  /** Aborts when he waits no longer. */
  readonly signal: AbortSignal;
  /** Told once. `failures` is empty where all was delivered. */
  readonly conclude: (failures: readonly Failure<S>[]) => void;
}

/** A request that is being sent. It counts in the size of its queue until it is done. */
export interface Taken<S extends Signal> extends QueuedRequest<S> {
  /** It was delivered or given up. `kept` is what a queue that outlives the process is to keep of it. */
  done(kept: readonly Batch<S>[]): void;
}

/**
 * Where requests wait for their turn. The one in memory is here; one on a disk keeps
 * the same contract. It has one reader.
 */
export interface SendingQueue<S extends Signal> {
  /** Whether what it holds outlives the process: then a shutdown leaves in it what has not been sent. */
  readonly isPersistent: boolean;
  /** In the unit of `sizer`, what is being sent included. */
  readonly size: number;
  readonly capacity: number;
  /** Taken in and not read yet; bytes in memory. */
  readonly waiting: { readonly items: number; readonly bytes: number };
  /** Before the first `take`, where there is something to open. */
  start?(host: Host): Promise<void>;
  /** In the unit of `sizer`. */
  sizeOf(request: Pick<QueuedRequest<S>, 'items' | 'bytes'>): number;
  /**
   * Takes a request in. A promise comes only where that takes time, and resolves when it is
   * done; `caller` is asked then, and aborts when he waits no longer for room.
   *
   * @throws {ConsumeError} `permanent` for what will never fit; `refused` when full or closed
   */
  offer(request: QueuedRequest<S>, caller: () => AbortSignal): void | Promise<void>;
  /** The next in the order of arrival, as soon as there is one. `undefined`: it is closed, and there is none. */
  take(): Promise<Taken<S> | undefined>;
  /** A refusal, if there is no room. `bytes` of the request, where they are known. */
  admit(bytes: number | undefined): { readonly retryAfterMs: number } | undefined;
  /** Takes no more, and refuses those who wait for room. */
  close(): void;
  /** After the last is done. */
  shutdown?(): Promise<void>;
}
