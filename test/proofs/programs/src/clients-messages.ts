/** Where a collector takes OTLP, as `host:port`. */
export interface Addresses {
  readonly grpc: string;
  readonly http: string;
}

/** The environment of the clients, as JSON in `CLIENTS_OPTIONS`. */
export interface ClientsOptions {
  /** Who is refused at one goes to the next. */
  readonly addresses: readonly Addresses[];
  /** How often a client goes to an address before it is refused for good. */
  readonly attempts: number;
  /** New connections, as long as fewer than `maxOpen` are open. */
  readonly connectionsPerSecond: number;
}

/** From the parent to the clients: no more connections. */
export interface EndClients {
  readonly kind: 'end';
}

/** From the clients to their parent, when each has its answer. Item n is in request n. */
export interface ClientsReport {
  readonly kind: 'clients';
  /** When each connection stood, in milliseconds since the epoch. */
  readonly connectedAt: Float64Array;
  /** Items that were acknowledged. */
  readonly acknowledged: readonly number[];
  /** What the others saw instead, a line each. */
  readonly refusals: readonly string[];
  /** Clients that were refused at one address and taken at another. */
  readonly movedOn: number;
}
