import { ConsumeError, type Clock } from '@tributary/component';
import type { Signal } from '@tributary/pdata';
import { DrainRate } from './drain-rate.js';
import { closedError, closedRetryMs } from './errors.js';
import type { QueueSettings } from './queue-config.js';
import type { QueuedRequest, SendingQueue, Taken } from './queue.js';
import { onAbort } from './signals.js';

/** Somebody who waits for room. */
interface Place {
  readonly size: number;
  enter(): void;
  refuse(error: ConsumeError): void;
}

/** Requests read from the front of the list before it is made shorter: cheaper than at each. */
const maxRead = 1_000;

/** A queue that is lost with the process. */
export function createMemoryQueue<S extends Signal>(
  { sizer, queue_size: capacity, block_on_overflow: blocks }: QueueSettings,
  clock: Clock,
): SendingQueue<S> {
  const rate = new DrainRate(clock);
  /** Those before `read` are gone. */
  const requests: (QueuedRequest<S> | undefined)[] = [];
  let read = 0;
  const places: Place[] = [];
  const waiting = { items: 0, bytes: 0 };
  let size = 0;
  let isClosed = false;
  /** The reader, where there was nothing for it. */
  let reader: ((taken: Taken<S> | undefined) => void) | undefined;

  const sizeOf = ({ items, bytes }: Pick<QueuedRequest<S>, 'items' | 'bytes'>): number => {
    if (sizer === 'requests') return 1;
    return sizer === 'items' ? items : bytes;
  };

  function enter(request: QueuedRequest<S>): void {
    size += sizeOf(request);
    rate.begin();
    waiting.items += request.items;
    waiting.bytes += request.bytes;
    requests.push(request);
    if (reader === undefined) return;
    reader(next());
    reader = undefined;
  }

  function next(): Taken<S> | undefined {
    const request = requests[read];
    if (request === undefined) return undefined;
    requests[read++] = undefined;
    if (read === requests.length || read === maxRead) {
      requests.splice(0, read);
      read = 0;
    }
    waiting.items -= request.items;
    waiting.bytes -= request.bytes;
    return {
      ...request,
      done() {
        const left = sizeOf(request);
        size -= left;
        rate.drained(left, size === 0);
        letIn();
      },
    };
  }

  function waitForRoom(request: QueuedRequest<S>, caller: AbortSignal): Promise<void> {
    const needed = sizeOf(request);
    return new Promise((resolve, reject) => {
      const place: Place = {
        size: needed,
        enter() {
          off();
          enter(request);
          resolve();
        },
        refuse(error) {
          off();
          reject(error);
        },
      };
      const off = onAbort([caller], leave);
      function leave(): void {
        places.splice(places.indexOf(place), 1);
        place.refuse(full(needed));
        letIn();
      }
      places.push(place);
      if (caller.aborted) leave();
    });
  }

  /** Lets those in who waited for room, in their order. */
  function letIn(): void {
    while (places[0] !== undefined && size + places[0].size <= capacity) places.shift()!.enter();
  }

  function full(needed: number): ConsumeError {
    const retryAfterMs = rate.hintMs(size + needed - capacity);
    return new ConsumeError('refused', 'sending queue is full', { retryAfterMs });
  }

  return {
    isPersistent: false,
    capacity,
    waiting,
    sizeOf,

    get size() {
      return size;
    },

    offer(request, caller) {
      if (isClosed) throw closedError();
      const needed = sizeOf(request);
      if (needed > capacity) {
        const message = `element size too large: ${needed} ${sizer}, where the sending queue holds ${capacity}`;
        throw new ConsumeError('permanent', message);
      }
      // Nobody overtakes those who wait for room.
      if (size + needed <= capacity && places.length === 0) return enter(request);
      if (blocks) return waitForRoom(request, caller());
      throw full(needed);
    },

    take() {
      const taken = next();
      if (taken !== undefined || isClosed) return Promise.resolve(taken);
      return new Promise((resolve) => (reader = resolve));
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
      for (const place of places.splice(0)) place.refuse(closedError());
      reader?.(undefined);
    },
  };
}
