/**
 * Connections that a server keeps. One that is idle takes 10 to 25 KB (measured with 5,000), and a client that only
 * collects them must not keep others out.
 */
export const maxConnections: number = 10_000;

/**
 * The connections of a server and how many requests each has under way. Where one more is opened than may be, the
 * one that has been without a request for longest is closed; where all have requests, the new one stays.
 */
export class Connections<C extends object> {
  readonly #close: (connection: C) => void;
  readonly #requests = new Map<C, number>();
  /** Those without a request, the longest first. */
  readonly #idle = new Set<C>();

  constructor(close: (connection: C) => void) {
    this.#close = close;
  }

  get idle(): Iterable<C> {
    return this.#idle;
  }

  opened(connection: C): void {
    if (this.#requests.size >= maxConnections) {
      for (const longest of this.#idle) {
        this.#close(longest);
        this.closed(longest);
        break;
      }
    }
    this.#requests.set(connection, 0);
    this.#idle.add(connection);
  }

  closed(connection: C): void {
    this.#requests.delete(connection);
    this.#idle.delete(connection);
  }

  begun(connection: C): void {
    this.#change(connection, 1);
  }

  ended(connection: C): void {
    this.#change(connection, -1);
  }

  #change(connection: C, by: 1 | -1): void {
    const before = this.#requests.get(connection);
    // Gone already where the client hung up first.
    if (before === undefined) return;
    this.#requests.set(connection, before + by);
    if (before === 0) this.#idle.delete(connection);
    else if (before + by === 0) this.#idle.add(connection);
  }
}
