import type { Clock } from '@tributary/component';
import type { Signal } from '@tributary/pdata';
import { Line } from './line.js';
import type { QueueSettings } from './queue-config.js';
import type { QueuedRequest, SendingQueue, Taken } from './queue.js';
import { Room } from './room.js';

/** A queue that is lost with the process. */
export function createMemoryQueue<S extends Signal>(settings: QueueSettings, clock: Clock): SendingQueue<S> {
  const room = new Room(settings, clock);
  const waiting = { items: 0, bytes: 0 };
  const line = new Line<QueuedRequest<S>, Taken<S>>((request) => {
    waiting.items -= request.items;
    waiting.bytes -= request.bytes;
    return { ...request, done: () => room.leave(room.sizeOf(request)) };
  });

  function push(request: QueuedRequest<S>): void {
    waiting.items += request.items;
    waiting.bytes += request.bytes;
    line.push(request);
  }

  return {
    isPersistent: false,
    capacity: room.capacity,
    waiting,
    sizeOf: (request) => room.sizeOf(request),

    get size() {
      return room.size;
    },

    offer: (request, caller) => room.enter(room.sizeOf(request), caller, () => push(request)),
    take: () => line.take(),
    admit: (bytes) => room.admit(bytes),

    close() {
      room.close();
      line.close();
    },
  };
}
