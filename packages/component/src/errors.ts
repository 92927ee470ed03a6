import type { Batch, Signal } from '@tributary/pdata';

/** Why a batch was not taken. A closed set; the comment is the whole contract. */
export type ConsumeErrorKind =
  /** Not now (full, over memory): nothing was tried. Send again later. */
  | 'refused'
  /** Tried and failed in a way that may pass (unreachable, deadline). Send again. */
  | 'retryable'
  /** Will fail the same way again (bad data, no permission). Do not send again. */
  | 'permanent';

const brand: unique symbol = Symbol.for('tributary/ConsumeError') as never;

/** What may be said about a refusal beside its kind and message. */
export interface ConsumeErrorOptions<S extends Signal = Signal> {
  readonly cause?: unknown;
  readonly retryAfterMs?: number | undefined;
  readonly rejected?: Batch<S> | undefined;
  readonly status?: DownstreamStatus | undefined;
  readonly tooLarge?: TooLarge | undefined;
}

/** Thrown by `consume`. Recognised by `ConsumeError.is`, across copies of the package. */
export class ConsumeError<S extends Signal = Signal> extends Error {
  readonly kind: ConsumeErrorKind;
  readonly retryAfterMs: number | undefined;
  /**
   * The part that was not taken; `undefined` is all of it. Meaningful to the
   * direct caller alone, in the form in which that caller handed it over: the
   * edge removes it when the error travels on.
   */
  readonly rejected: Batch<S> | undefined;
  /** The status that came from downstream, if there was one: a receiver passes it on. */
  readonly status: DownstreamStatus | undefined;
  /** Set where the batch was refused for its size alone, with kind `permanent`: in pieces it may pass. */
  readonly tooLarge: TooLarge | undefined;

  constructor(kind: ConsumeErrorKind, message: string, options: ConsumeErrorOptions<S> = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = 'ConsumeError';
    this.kind = kind;
    this.retryAfterMs = options.retryAfterMs;
    this.rejected = options.rejected;
    this.status = options.status;
    this.tooLarge = options.tooLarge;
    Object.defineProperty(this, brand, { value: true });
  }

  static is(error: unknown): error is ConsumeError {
    return typeof error === 'object' && error !== null && brand in error;
  }
}

/** A `google.rpc.Status`, whichever protocol it came by. */
export interface DownstreamStatus {
  /** gRPC code, 1 to 16. */
  readonly code: number;
  readonly message: string;
}

/** What is known of the size that would pass. */
export interface TooLarge {
  /** Most bytes of a request, uncompressed; `undefined` where the peer did not say. */
  readonly maxBytes: number | undefined;
}
