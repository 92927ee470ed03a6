import { ConsumeError, type Clock } from '@tributary/component';
import { DrainRate } from './drain-rate.js';
import { closedError, closedRetryMs } from './errors.js';
import type { QueueSettings } from './queue-config.js';
import type { QueuedRequest } from './queue.js';
import { onAbort } from './signals.js';

/** Somebody who waits for room. */
interface Place {
  readonly size: number;
  enter(): void;
  refuse(error: ConsumeError): void;
}

/** How much a queue holds, in the unit of its sizer, and who waits until there is room. */
export class Room {
  readonly capacity: number;
  /** What is being sent included. */
  size = 0;
  isClosed = false;
  readonly #sizer: QueueSettings['sizer'];
  readonly #blocks: boolean;
  readonly #rate: DrainRate;
  readonly #places: Place[] = [];

  constructor({ sizer, queue_size, block_on_overflow }: QueueSettings, clock: Clock) {
    this.#sizer = sizer;
    this.capacity = queue_size;
    this.#blocks = block_on_overflow;
    this.#rate = new DrainRate(clock);
  }

  sizeOf({ items, bytes }: Pick<QueuedRequest<never>, 'items' | 'bytes'>): number {
    if (this.#sizer === 'requests') return 1;
    return this.#sizer === 'items' ? items : bytes;
  }

  /**
   * Takes room, and calls `entered` in that moment: now, or when there is some; then a promise resolves.
   *
   * @throws {ConsumeError} as `SendingQueue.offer`
   */
  enter(needed: number, caller: () => AbortSignal, entered: () => void): void | Promise<void> {
    if (this.isClosed) throw closedError();
    if (needed > this.capacity) {
      const message = `element size too large: ${needed} ${this.#sizer}, where the sending queue holds ${this.capacity}`;
      throw new ConsumeError('permanent', message);
    }
    // Nobody overtakes those who wait for room.
    if (this.size + needed > this.capacity || this.#places.length > 0) {
      if (this.#blocks) return this.#wait(needed, caller(), entered);
      throw this.#full(needed);
    }
    this.fill(needed);
    entered();
  }

  /** Takes room for what is there already, even where there is none. */
  fill(size: number): void {
    this.size += size;
    this.#rate.begin();
  }

  /** It has been sent, or is gone. */
  leave(size: number): void {
    this.size -= size;
    this.#rate.drained(size, this.size === 0);
    this.#letIn();
  }

  /** When a caller may come again who needs so much. */
  hintMs(needed: number): number {
    return this.#rate.hintMs(needed);
  }

  admit(bytes: number = 1): { readonly retryAfterMs: number } | undefined {
    if (this.isClosed) return { retryAfterMs: closedRetryMs };
    if (this.#blocks) return undefined;
    // The length of a request is only near to the size of its batch: what may never
    // fit gets its answer when it is there.
    const least = this.#sizer === 'bytes' ? Math.min(bytes, this.capacity) : 1;
    if (this.size + least <= this.capacity) return undefined;
    return { retryAfterMs: this.hintMs(this.size + least - this.capacity) };
  }

  close(): void {
    this.isClosed = true;
    for (const place of this.#places.splice(0)) place.refuse(closedError());
  }

  #wait(needed: number, caller: AbortSignal, entered: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const place: Place = {
        size: needed,
        enter: () => {
          off();
          this.fill(needed);
          entered();
          resolve();
        },
        refuse(error) {
          off();
          reject(error);
        },
      };
      const leave = (): void => {
        this.#places.splice(this.#places.indexOf(place), 1);
        place.refuse(this.#full(needed));
        this.#letIn();
      };
      const off = onAbort([caller], leave);
      this.#places.push(place);
      if (caller.aborted) leave();
    });
  }

  /** Lets those in who waited for room, in their order. */
  #letIn(): void {
    while (this.#places[0] !== undefined && this.size + this.#places[0].size <= this.capacity) {
      this.#places.shift()!.enter();
    }
  }

  #full(needed: number): ConsumeError {
    const retryAfterMs = this.hintMs(this.size + needed - this.capacity);
    return new ConsumeError('refused', 'sending queue is full', { retryAfterMs });
  }
}
