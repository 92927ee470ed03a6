/** How often each item was seen. */
export class Counts {
  readonly #counts = new Map<number, number>();

  /** Returns how often it was seen now. */
  add(item: number): number {
    const count = this.of(item) + 1;
    this.#counts.set(item, count);
    return count;
  }

  of(item: number): number {
    return this.#counts.get(item) ?? 0;
  }

  items(): Iterable<number> {
    return this.#counts.keys();
  }
}
