import type { Clock } from '@tributary/component';
import type { Batch } from '@tributary/pdata';
import type { Backend } from './backend.js';
import type { Backends, Members } from './backends.js';
import { Owners } from './owners.js';
import type { RoutedSignal } from './routing/routing-key.js';
import type { Choose } from './routing/splitter.js';
import { startMsOf, startsIn, textOf } from './starts.js';

/** Chooses backends by the ring, and by what it knows of traces that began before the ring was another. */
export class Chooser {
  readonly #backends: Backends;
  readonly #clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly #owners: Owners | undefined;
  readonly #stickyMs: number;
  /** Of all backends that were chosen and are not gone. */
  readonly #byNumber = new Map<number, Backend>();
  #members: Members;
  #isOut: ((place: number) => boolean) | undefined;
  #nowMs = 0;
  /** What is split, and when its traces began, where that was asked for. */
  #batch: Batch<RoutedSignal> | undefined;
  #starts: ReadonlyMap<string, number> | undefined;
  /** Until when traces go on to where they went. */
  #stickyUntilMs = 0;

  constructor(
    backends: Backends,
    stickyMs: number,
    clock: Pick<Clock, 'now' | 'monotonic'>,
    random: () => number,
  ) {
    this.#backends = backends;
    this.#stickyMs = stickyMs;
    this.#clock = clock;
    this.#members = backends.members;
    if (stickyMs > 0) this.#owners = new Owners(stickyMs, clock.monotonic(), random);
    this.changed();
  }

  get byteLength(): number {
    return this.#owners?.byteLength ?? 0;
  }

  /** There are other backends, or one is there again. */
  changed(): void {
    const nowMs = this.#clock.monotonic();
    this.#stickyUntilMs = nowMs + this.#stickyMs;
    this.#owners?.hold(nowMs);
    for (const backend of this.#backends.members.backends) this.#byNumber.set(backend.number, backend);
    for (const [number, { state }] of this.#byNumber) if (state === 'gone') this.#byNumber.delete(number);
  }

  hasUsable(): boolean {
    return this.#backends.members.backends.some(({ isUsable }) => isUsable);
  }

  backend(number: number): Backend {
    return this.#byNumber.get(number)!;
  }

  /** To be called before a batch is split; it tells how old its traces are. */
  begin(batch?: Batch<RoutedSignal>): void {
    this.#batch = batch;
    this.#starts = undefined;
    this.#members = this.#backends.members;
    this.#nowMs = this.#clock.monotonic();
    const { backends } = this.#members;
    const isAnyOut = backends.some(({ isOut }) => isOut);
    // Where all are out, what comes waits for its own.
    this.#isOut = isAnyOut && this.hasUsable() ? (place) => backends[place]!.isOut : undefined;
  }

  /** To be called when it is split: it is not held any longer. */
  end(): void {
    this.#batch = undefined;
    this.#starts = undefined;
  }

  /** The number of the backend of a key. */
  choose: Choose = (key, bytes, start, end) => {
    const owners = this.#owners;
    if (owners === undefined) return this.#byRing(key).number;
    const known = owners.find(key, this.#nowMs);
    const before = known < 0 ? undefined : this.#byNumber.get(known);
    const byRing = this.#byRing(key);
    if (before === byRing) {
      owners.set(byRing.number);
      return byRing.number;
    }
    if (before?.isUsable === true && this.#nowMs < this.#stickyUntilMs) return before.number;
    const backend = this.#byStart(key, bytes, start, end) ?? byRing;
    owners.set(backend.number);
    return backend.number;
  };

  #byRing(key: Uint8Array): Backend {
    const { ring, backends } = this.#members;
    return backends[ring.owner(key, 0, key.length, this.#isOut)]!;
  }

  /** A trace whose span began before the ring was another probably went by that one then. */
  #byStart(key: Uint8Array, bytes: Buffer, start: number, end: number): Backend | undefined {
    const { epochs } = this.#backends;
    const nowMs = this.#clock.now();
    if (epochs.length === 0 || epochs[0]!.untilMs + this.#stickyMs <= nowMs) return undefined;
    const startMs = this.#startsOfBatch()?.get(textOf(key)) ?? startMsOf(bytes, start, end);
    let found: Members | undefined;
    for (const epoch of epochs) {
      if (startMs >= epoch.untilMs || epoch.untilMs + this.#stickyMs <= nowMs) break;
      found = epoch;
    }
    if (found === undefined) return undefined;
    const backend = found.backends[found.ring.owner(key, 0, key.length)];
    return backend?.isUsable === true ? backend : undefined;
  }

  /** Of all its spans: what a service does within is over before the service is, and stands before it. */
  #startsOfBatch(): ReadonlyMap<string, number> | undefined {
    if (this.#batch?.signal === 'traces') this.#starts ??= startsIn(this.#batch);
    return this.#starts;
  }
}
