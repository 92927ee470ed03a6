import type { Clock } from '@tributary/component';
import type { Call } from './call.js';
import type { Host } from './network.js';
import type { Random } from './random.js';

/** How well messages travel. */
export interface Conditions {
  readonly minMs: number;
  readonly maxMs: number;
  /** Probability that a message vanishes, and nobody hears of it. */
  readonly loss: number;
  /** Probability that a message breaks the connection. */
  readonly breaks: number;
}

/** Between two hosts. Messages of one direction do not overtake one another. */
export class Link {
  readonly calls: Set<Call> = new Set();
  conditions: Conditions = { minMs: 1, maxMs: 5, loss: 0, breaks: 0 };
  /** A partition: what is sent or would arrive now vanishes, and neither side hears of it. */
  isSilent = false;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #arrivals = new Map<Host, number>();
  /** Counts connections: what was under way on one that broke does not arrive. */
  #connection = 0;

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  send(from: Host, arrive: () => void): void {
    const { minMs, maxMs, loss, breaks } = this.conditions;
    const nowMs = this.#clock.monotonic();
    const atMs = Math.max(nowMs + this.#random.between(minMs, maxMs), this.#arrivals.get(from) ?? 0);
    this.#arrivals.set(from, atMs);
    const chance = this.#random.next();
    const connection = this.#connection;
    const isLost = this.isSilent || chance < loss;
    this.#clock.after(atMs - nowMs, () => {
      if (connection !== this.#connection || this.isSilent || isLost) return;
      if (chance < loss + breaks) this.cut();
      else arrive();
    });
  }

  /** The connection breaks, and both sides notice. */
  cut(): void {
    this.#connection++;
    for (const call of this.calls) call.breakOff();
  }

  /** One side is no more; the other learns of it after a while, or never. */
  lose(dead: Host, isTold: boolean): void {
    this.#connection++;
    for (const call of this.calls) call.forget(dead);
    if (isTold) this.send(dead, () => this.cut());
  }
}
