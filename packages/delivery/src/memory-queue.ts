import { ConsumeError, type Clock } from '@tributary/component';
import type { Batch, Signal } from '@tributary/pdata';
import PQueue from 'p-queue';
import type { Delivery } from './config.js';
import { DrainRate } from './drain-rate.js';
import { closedError, closedRetryMs } from './errors.js';
import { onAbort } from './signals.js';

/**
 * A bounded queue with its workers. What is in it counts until its run has ended,
 * so that the bound holds for what is being sent, too. Runs begin in the order of
 * arrival.
 */
export interface MemoryQueue {
  /** In the unit of `sizer`. */
  sizeOf(batch: Batch<Signal>): number;
  /**
   * Takes something of `size` in. A promise comes only where the caller has to wait
   * for room, and resolves when there was.
   *
   * @throws {ConsumeError} `permanent` for what will never fit; `refused` when full or closed
   */
  add(size: number, entry: Entry): void | Promise<void>;
  /** A refusal, if there is no room. `bytes` of the request, where they are known. */
  admit(bytes: number | undefined): { readonly retryAfterMs: number } | undefined;
  /** Takes no more, and refuses those who wait for room. */
  close(): void;
  /** Of a closed queue: resolves when all runs have ended. */
  whenEmpty(): Promise<void>;
}

/** What is in the queue. */
export interface Entry {
  /** Its turn has come. Must not reject. */
  run(worker: Worker): Promise<void>;
  /** It was taken in. */
  entered?(): void;
  /** Asked where there is no room: aborts when the caller waits no longer. */
  caller(): AbortSignal;
}

/** The one of `num_consumers` workers that a run occupies. */
export interface Worker {
  /** Lets others work while `pause` lasts, and gets in line again afterwards. */
  leaveFor(pause: () => Promise<void>): Promise<void>;
}

/** Somebody who waits for room. */
interface Waiting {
  readonly size: number;
  enter(): void;
  refuse(error: ConsumeError): void;
}

/** An empty queue. */
export function createMemoryQueue(
  { sizer, queue_size: capacity, num_consumers, block_on_overflow: blocks }: Delivery['sending_queue'],
  clock: Clock,
): MemoryQueue {
  const workers = new PQueue({ concurrency: num_consumers });
  const rate = new DrainRate(clock);
  const runs = new Set<Promise<void>>();
  const waiting: Waiting[] = [];
  let size = 0;
  let isClosed = false;

  /** Resolves with what lets the worker go. */
  function acquireWorker(): Promise<() => void> {
    return new Promise((acquired) => {
      // Never rejects: the task ends when the worker is let go, and that is all it does.
      void workers.add(() => new Promise<void>((letGo) => acquired(letGo)));
    });
  }

  function enter(added: number, entry: Entry): void {
    size += added;
    rate.begin();
    entry.entered?.();
    const running = run(entry).then(() => {
      runs.delete(running);
      size -= added;
      rate.drained(added, size === 0);
      letIn();
    });
    runs.add(running);
  }

  async function run(entry: Entry): Promise<void> {
    let letGo = await acquireWorker();
    await entry.run({
      async leaveFor(pause) {
        letGo();
        await pause();
        letGo = await acquireWorker();
      },
    });
    letGo();
  }

  function waitForRoom(added: number, entry: Entry): Promise<void> {
    const caller = entry.caller();
    return new Promise((resolve, reject) => {
      const place: Waiting = {
        size: added,
        enter() {
          off();
          enter(added, entry);
          resolve();
        },
        refuse(error) {
          off();
          reject(error);
        },
      };
      const off = onAbort([caller], leave);
      function leave(): void {
        waiting.splice(waiting.indexOf(place), 1);
        place.refuse(full(added));
        letIn();
      }
      waiting.push(place);
      if (caller.aborted) leave();
    });
  }

  /** Lets those in who waited for room, in their order. */
  function letIn(): void {
    while (waiting[0] !== undefined && size + waiting[0].size <= capacity) waiting.shift()!.enter();
  }

  function full(needed: number): ConsumeError {
    const retryAfterMs = rate.hintMs(size + needed - capacity);
    return new ConsumeError('refused', 'sending queue is full', { retryAfterMs });
  }

  return {
    sizeOf(batch) {
      if (sizer === 'requests') return 1;
      return sizer === 'items' ? batch.itemCount : batch.byteLength;
    },

    add(added, entry) {
      if (isClosed) throw closedError();
      if (added > capacity) {
        const message = `element size too large: ${added} ${sizer}, where the sending queue holds ${capacity}`;
        throw new ConsumeError('permanent', message);
      }
      // Nobody overtakes those who wait for room.
      if (size + added <= capacity && waiting.length === 0) return enter(added, entry);
      if (blocks) return waitForRoom(added, entry);
      throw full(added);
    },

    admit(bytes = 1) {
      if (isClosed) return { retryAfterMs: closedRetryMs };
      if (blocks) return undefined;
      // The length of a request is only near to the size of its batch: what may never
      // fit gets its answer when it is there.
      const least = sizer === 'bytes' ? Math.min(bytes, capacity) : 1;
      if (size + least <= capacity) return undefined;
      return { retryAfterMs: rate.hintMs(size + least - capacity) };
    },

    close() {
      isClosed = true;
      for (const place of waiting.splice(0)) place.refuse(closedError());
    },

    async whenEmpty() {
      await Promise.all(runs);
    },
  };
}
