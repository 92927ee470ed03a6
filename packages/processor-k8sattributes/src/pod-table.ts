import type { Clock, Timer } from '@tributary/component';
import type { Associations, PodKey } from './association.js';
import type { Pod } from './pod.js';

/** Those that are gone are looked for so often. */
const sweepMs = 5000;
/** Pods that are gone and still known; then the oldest is forgotten early. */
const maxGone = 100_000;

interface Entry {
  readonly pod: Pod;
  readonly keys: readonly PodKey[];
}

/** Pods by what tells them apart. One that is gone is known for a time. */
export class PodTable {
  readonly #associations: Associations;
  readonly #clock: Clock;
  readonly #graceMs: number;
  readonly #byKey = new Map<PodKey, Pod>();
  readonly #entries = new Map<string, Entry>();
  /** In the order in which they went. */
  readonly #gone: { readonly entry: Entry; readonly forgetMs: number }[] = [];
  readonly #sweeping: Timer;

  constructor(associations: Associations, clock: Clock, graceMs: number) {
    this.#associations = associations;
    this.#clock = clock;
    this.#graceMs = graceMs;
    this.#sweeping = clock.every(sweepMs, () => this.#sweep());
  }

  /** Pods, those that are gone and still known included. */
  get size(): number {
    return this.#entries.size + this.#gone.length;
  }

  find(key: PodKey): Pod | undefined {
    return this.#byKey.get(key);
  }

  /** `name` is that of its object, with the namespace. */
  put(name: string, pod: Pod): void {
    const before = this.#entries.get(name);
    const entry = { pod, keys: this.#associations.keysOf(pod) };
    if (before !== undefined) {
      // Another one of that name, as a StatefulSet makes them: the first one is gone.
      if (before.pod.uid === pod.uid) this.#forget(before);
      else this.#leave(before);
    }
    this.#entries.set(name, entry);
    for (const key of entry.keys) {
      const other = this.#byKey.get(key);
      // An address goes from one pod to the next, and news of the first may come later.
      if (other === undefined || other.startMs <= pod.startMs) this.#byKey.set(key, pod);
    }
  }

  delete(name: string): void {
    const entry = this.#entries.get(name);
    if (entry === undefined) return;
    this.#entries.delete(name);
    this.#leave(entry);
  }

  stop(): void {
    this.#sweeping.stop();
  }

  #leave(entry: Entry): void {
    this.#gone.push({ entry, forgetMs: this.#clock.monotonic() + this.#graceMs });
    if (this.#gone.length > maxGone) this.#forget(this.#gone.shift()!.entry);
  }

  #sweep(): void {
    const nowMs = this.#clock.monotonic();
    const firstLater = this.#gone.findIndex(({ forgetMs }) => forgetMs > nowMs);
    const over = this.#gone.splice(0, firstLater < 0 ? this.#gone.length : firstLater);
    for (const { entry } of over) this.#forget(entry);
  }

  #forget({ pod, keys }: Entry): void {
    for (const key of keys) if (this.#byKey.get(key) === pod) this.#byKey.delete(key);
  }
}
