/** What makes a backend slow: one worker with a queue before it, who may stop. */
export class Worker {
  readonly #itemsPerSecond: number;
  #freeAt = 0;
  /** What waits for a worker who has stopped. */
  #held: (() => void)[] | undefined;
  /** Items that are done, and for which somebody has waited so long. */
  done = 0;

  constructor(itemsPerSecond: number) {
    this.#itemsPerSecond = itemsPerSecond;
  }

  /** Calls back when so many items more are done. */
  work(items: number, answer: () => boolean): void {
    const finish = (): void => {
      if (answer()) this.done += items;
    };
    if (this.#held !== undefined) {
      this.#held.push(finish);
      return;
    }
    const now = performance.now();
    this.#freeAt = Math.max(now, this.#freeAt) + (items / this.#itemsPerSecond) * 1000;
    if (this.#freeAt - now < 1) finish();
    else setTimeout(finish, this.#freeAt - now);
  }

  stop(): void {
    this.#held ??= [];
  }

  /** Goes on, and has at once done what has waited. */
  goOn(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const finish of held) finish();
  }
}
