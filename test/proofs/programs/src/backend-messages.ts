/** How the backend answers one request. */
export interface Answer {
  /** Whether it takes the data. An `ok` without it is a lie. */
  readonly takes: boolean;
  /** How long it thinks before it answers. Default 0. */
  readonly afterMs?: number;
  /**
   * - `ok`: success;
   * - `reset`: the connection breaks;
   * - `silence`: no answer ever;
   * - a status of gRPC, with a `RetryInfo` where `retryAfterMs` is set.
   */
  readonly says:
    | 'ok'
    | 'reset'
    | 'silence'
    | { readonly code: number; readonly message: string; readonly retryAfterMs?: number };
}

/** Answers, each as often as its weight says. Drawn by chance from `seed`. */
export interface Behaviour {
  readonly seed: number;
  readonly answers: readonly (Answer & { readonly weight: number })[];
}

/** The environment of the backend, as JSON in `BACKEND_OPTIONS`. */
export interface BackendOptions {
  readonly host: string;
  /** 0 is any. */
  readonly port: number;
  /** The file to which the record is appended: it outlives the process. */
  readonly record: string;
  readonly behaviour: Behaviour;
  /** Largest message. The default of gRPC is 4 MiB. */
  readonly maxBytes: number;
  /** What it says of a larger one, with RESOURCE_EXHAUSTED. Default: the words of grpc-go. */
  readonly tooLarge?: string;
}

/** From the backend to its parent. */
export interface BackendListens {
  readonly kind: 'backend';
  readonly address: string;
}

/** From the parent to the backend. */
export interface Behave {
  readonly kind: 'behave';
  readonly behaviour: Behaviour;
}

/** What became of the items of a request, as the record has it. */
export type RecordKind =
  /** They were noted; the answer follows. */
  | 'took'
  /** They were noted, and the sender did not hear of it. */
  | 'answer lost'
  /** The sender was told that they will never be taken. */
  | 'refused for good'
  /** They came in a request that was larger than it takes. */
  | 'too large';
