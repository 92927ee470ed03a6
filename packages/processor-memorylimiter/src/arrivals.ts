/** A guess for the first requests: a quarter of what gRPC takes by default. */
const firstBytes = 1024 * 1024;
/** How far each request moves what is taken for usual. */
const weight = 1 / 16;
/**
 * A request counts for five to ten seconds. What has come of it until then is in what is measured; one that
 * never comes, because its caller went away, must not count for ever.
 */
const countedMs = 5000;
/** Bytes of memory for each byte of a request on its way: its pieces, and the whole that they become. */
const bytesPerByte = 2;

interface Count {
  requests: number;
  bytes: number;
}

/** Requests that were let in by their headers and whose bodies have not come yet. */
export class Arrivals {
  #usualBytes = firstBytes;
  #recent: Count = { requests: 0, bytes: 0 };
  #older: Count = { requests: 0, bytes: 0 };
  #turnedAtMs = 0;

  /** Memory that they will take. */
  bytes(nowMs: number): number {
    this.#turn(nowMs);
    return this.#recent.bytes + this.#older.bytes;
  }

  /** Memory that one more will take; `bytes` is its size, where that is known. */
  cost(bytes: number | undefined): number {
    return (bytes ?? this.#usualBytes) * bytesPerByte;
  }

  expect(bytes: number | undefined, nowMs: number): void {
    this.#turn(nowMs);
    this.#recent.requests++;
    this.#recent.bytes += this.cost(bytes);
  }

  /** One has come; false where it was not expected. Which of them it is is not known: the mean of the oldest. */
  arrived(bytes: number): boolean {
    this.#usualBytes += (bytes - this.#usualBytes) * weight;
    const from = this.#older.requests > 0 ? this.#older : this.#recent;
    if (from.requests === 0) return false;
    from.bytes -= from.bytes / from.requests;
    from.requests--;
    return true;
  }

  #turn(nowMs: number): void {
    const sinceMs = nowMs - this.#turnedAtMs;
    if (sinceMs < countedMs) return;
    this.#older = sinceMs < 2 * countedMs ? this.#recent : { requests: 0, bytes: 0 };
    this.#recent = { requests: 0, bytes: 0 };
    this.#turnedAtMs = nowMs;
  }
}
