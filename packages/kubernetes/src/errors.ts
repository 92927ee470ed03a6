/** What went wrong with the API server. A closed set. */
export type KubernetesErrorCode =
  /** This process does not run in a pod, or its service account has no token. */
  | 'not-in-cluster'
  /** There was no answer in time, or the connection broke. */
  | 'unreachable'
  /** 401: the token is not accepted. */
  | 'unauthorized'
  /** 403: the service account lacks a right. */
  | 'forbidden'
  /** 404: the cluster has no such kind of objects. */
  | 'not-found'
  /** 410: the place in the history of changes is no longer known. */
  | 'gone'
  /** Any other status. */
  | 'refused'
  /** What came is no answer of an API server, or larger than a bound. */
  | 'unreadable';

const brand: unique symbol = Symbol.for('tributary/KubernetesError') as never;

/** Recognised by `KubernetesError.is`, across copies of the package. */
export class KubernetesError extends Error {
  readonly code: KubernetesErrorCode;
  /** When the server wants to be asked again, if it says so. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: KubernetesErrorCode,
    message: string,
    options: ErrorOptions & { readonly retryAfterMs?: number | undefined } = {},
  ) {
    super(message, options);
    this.name = 'KubernetesError';
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
    Object.defineProperty(this, brand, { value: true });
  }

  static is(error: unknown): error is KubernetesError {
    return typeof error === 'object' && error !== null && brand in error;
  }
}

/** The text of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
