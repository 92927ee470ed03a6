/** What went wrong below the protocol. A closed set. */
export type TransportErrorCode =
  /** A server could not bind its address. */
  | 'listen'
  /** An endpoint that cannot be understood. */
  | 'endpoint'
  /** Certificates, keys or TLS versions cannot be used. */
  | 'tls'
  /** No connection, or it broke before there was a reply. */
  | 'unreachable'
  /** There was no reply in time. */
  | 'timeout'
  /** The caller gave up, or the client was closed. */
  | 'aborted';

const brand: unique symbol = Symbol.for('tributary/TransportError') as never;

/** Recognised by `TransportError.is`, across copies of the package. */
export class TransportError extends Error {
  readonly code: TransportErrorCode;

  constructor(code: TransportErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TransportError';
    this.code = code;
    Object.defineProperty(this, brand, { value: true });
  }

  static is(error: unknown): error is TransportError {
    return typeof error === 'object' && error !== null && brand in error;
  }
}

/** The text of anything that was thrown. */
export function messageOf(error: unknown): string {
  // A name with several addresses fails as a bundle with an empty message of its own.
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
