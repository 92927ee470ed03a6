import type { Clock, Logger } from '@tributary/component';

/** What requests may hold together while they arrive. */
const maxBytes = 128 << 20;
/** What a request takes before its body: objects of Node, of the library and ours. */
const bytesPerRequest = 16 << 10;
/** After so much more of its body a request asks again whether there is room. */
const bytesPerQuestion = 1 << 20;
/** From then on a request is slow, and makes room where the pipeline has none. */
const patienceMs = 10_000;
const tellEveryMs = 10_000;

/** What a server says of a request whose body is on its way. */
export interface ArrivingRequest {
  /** Whether the pipeline still has room. */
  hasRoom(): boolean;
  /** Ends it, in the way of its protocol, so that its sender comes again. What has come of it is let go. */
  cut(): void;
}

/** A request whose body is on its way. */
export interface Arrival {
  /** So much more of it has come. */
  readonly add: (bytes: number) => void;
  /** All of it has come, or nobody waits for it any more. Safe twice. */
  readonly end: () => void;
}

interface Entry extends Arrival {
  readonly request: ArrivingRequest;
  readonly sinceMs: number;
  bytes: number;
  /** From so many bytes on it asks. */
  asksAt: number;
}

/**
 * The requests of a server whose bodies are on their way. Each may be as large as a request may be, and take its
 * time, but not all of them together: beyond the bound the oldest is cut off, because an honest one is here in a
 * moment.
 */
export class Arriving {
  readonly #clock: Clock;
  readonly #logger: Logger;
  /** The oldest first. */
  readonly #entries = new Set<Entry>();
  #bytes = 0;
  #cut = 0;
  #toldMs = -Infinity;

  constructor({ clock, logger }: { readonly clock: Clock; readonly logger: Logger }) {
    this.#clock = clock;
    this.#logger = logger;
  }

  begin(request: ArrivingRequest): Arrival {
    const entry: Entry = {
      request,
      sinceMs: this.#clock.monotonic(),
      bytes: 0,
      asksAt: bytesPerQuestion,
      add: (bytes) => this.#add(entry, bytes),
      end: () => this.#remove(entry),
    };
    this.#entries.add(entry);
    this.#add(entry, bytesPerRequest);
    return entry;
  }

  /** The pipeline has no room: what is slow makes some. */
  makeRoom(): void {
    this.cutOlderThan(patienceMs);
  }

  /** Cuts off what has been on its way for so long. */
  cutOlderThan(limitMs: number): void {
    const latestMs = this.#clock.monotonic() - limitMs;
    for (const oldest of this.#entries) {
      if (oldest.sinceMs > latestMs) return;
      this.#cutOff(oldest);
    }
  }

  #add(entry: Entry, bytes: number): void {
    if (!this.#entries.has(entry)) return;
    entry.bytes += bytes;
    this.#bytes += bytes;
    if (this.#bytes > maxBytes) {
      const [oldest] = this.#entries;
      this.#cutOff(oldest!);
    }
    if (entry.bytes < entry.asksAt) return;
    entry.asksAt += bytesPerQuestion;
    if (!entry.request.hasRoom()) this.#cutOff(entry);
  }

  #remove(entry: Entry): boolean {
    if (!this.#entries.delete(entry)) return false;
    this.#bytes -= entry.bytes;
    return true;
  }

  #cutOff(entry: Entry): void {
    if (!this.#remove(entry)) return;
    entry.request.cut();
    this.#cut++;
    const now = this.#clock.monotonic();
    if (now - this.#toldMs < tellEveryMs) return;
    this.#toldMs = now;
    this.#logger.warn('Requests were cut off while they arrived: there is no room', { so_far: this.#cut });
  }
}
