/** The shortest time that callers are told. */
export const minHintMs = 500;
/** Also said while nothing leaves: it costs clients little, and they soon notice when it does again. */
const maxHintMs = 2000;
/** What is older is forgotten. */
const windowMs = 5000;

interface Sample {
  readonly atMs: number;
  readonly heldBytes: number;
}

/** How fast the bytes that components hold get fewer, measured while nothing comes in. */
export class Drain {
  readonly #samples: Sample[] = [];

  sample(heldBytes: number, atMs: number): void {
    this.#samples.push({ atMs, heldBytes });
    while (this.#samples[0]!.atMs < atMs - windowMs) this.#samples.shift();
  }

  reset(): void {
    this.#samples.length = 0;
  }

  /** When `bytes` will have left. */
  hintMs(bytes: number): number {
    let drainedBytes = 0;
    for (let i = 1; i < this.#samples.length; i++) {
      // Not all of them get fewer: what was under way when the refusing began still comes in.
      drainedBytes += Math.max(0, this.#samples[i - 1]!.heldBytes - this.#samples[i]!.heldBytes);
    }
    if (drainedBytes === 0) return maxHintMs;
    const elapsedMs = this.#samples.at(-1)!.atMs - this.#samples[0]!.atMs;
    return Math.round(Math.min(Math.max((bytes / drainedBytes) * elapsedMs, minHintMs), maxHintMs));
  }
}
