import { ConsumeError, createContext } from '@tributary/component';
import type { DeliveryConfig, QueueConfig } from '@tributary/delivery';
import type { Logs } from '@tributary/pdata';
import { describe, expect, it } from 'vitest';
// What a queue on a disk will stand behind, which is not public yet.
import { Exporting } from '../../packages/delivery/src/exporting.js';
import { Queued } from '../../packages/delivery/src/queued.js';
import type { QueuedRequest, SendingQueue, Taken } from '../../packages/delivery/src/queue.js';
import {
  call,
  complete,
  createBackend,
  createWorld,
  never,
  numbered,
  numbersIn,
  type World,
} from './support.js';

/** A queue whose contents outlive the process, were there one. */
function createKeptQueue(): SendingQueue<'logs'> & {
  /** What a process after this one would find. */
  readonly stored: () => number[][];
} {
  const stored = new Map<number, readonly Logs[]>();
  const unread: [id: number, request: QueuedRequest<'logs'>][] = [];
  const waiting = { items: 0, bytes: 0 };
  let reader: ((taken: Taken<'logs'> | undefined) => void) | undefined;
  let isClosed = false;
  let isOpen = false;
  let ids = 0;

  function next(): Taken<'logs'> | undefined {
    // What is not read stays for the next process.
    const [id, request] = isClosed ? [] : (unread.shift() ?? []);
    if (request === undefined) return undefined;
    waiting.items -= request.items;
    const done: Taken<'logs'>['done'] = (kept) => {
      if (kept.length === 0) stored.delete(id!);
      else stored.set(id!, kept);
    };
    return { ...request, done };
  }

  return {
    isPersistent: true,
    capacity: 100,
    waiting,
    get size() {
      return stored.size;
    },
    sizeOf: () => 1,
    admit: () => undefined,
    async start() {
      isOpen = true;
    },
    async offer(request) {
      if (!isOpen || isClosed) throw new ConsumeError('refused', 'shut down');
      const id = ids++;
      stored.set(id, [request.batch]);
      unread.push([id, request]);
      waiting.items += request.items;
      const read = reader;
      reader = undefined;
      read?.(next());
    },
    take() {
      const taken = next();
      if (taken !== undefined || isClosed) return Promise.resolve(taken);
      return new Promise((resolve) => (reader = resolve));
    },
    close() {
      isClosed = true;
      reader?.(undefined);
    },
    stored: () => [...stored.values()].map((batches) => batches.flatMap((batch) => numbersIn(batch))),
  };
}

interface Arrangement extends World {
  readonly backend: ReturnType<typeof createBackend>;
  readonly queue: ReturnType<typeof createKeptQueue>;
  readonly queued: Queued<'logs'>;
  /** Ends attempts under way. */
  readonly timeIsUp: () => void;
}

async function arrange(sending_queue: QueueConfig = {}, config: DeliveryConfig = {}): Promise<Arrangement> {
  const world = createWorld();
  const backend = createBackend(world.clock);
  const settings = { ...world.settings, config: complete({ timeout: '0s', ...config, sending_queue }) };
  const exporting = new Exporting<'logs'>(settings, backend.send, {});
  const queue = createKeptQueue();
  const queued = new Queued<'logs'>(queue, exporting, settings);
  await queued.start({} as Parameters<typeof queued.start>[0]);
  return { ...world, backend, queue, queued, timeIsUp: () => exporting.end() };
}

describe('a queue that outlives the process', () => {
  it('forgets what is delivered, and what has failed for good', async () => {
    const { queued, queue, backend, clock, dropped } = await arrange();
    for (const number of [1, 2]) call(queued, numbered(number));
    await clock.advance(0);
    expect(queue.stored()).toEqual([[1], [2]]);
    backend.attempts[0]!.succeed();
    backend.attempts[1]!.fail(new ConsumeError('permanent', 'bad'));
    await clock.advance(0);
    expect([queue.stored(), [...dropped]]).toEqual([[], [['permanent', 1]]]);
  });

  it('keeps at shutdown what was not sent, and waits for what is under way', async () => {
    const { queued, queue, backend, clock, dropped } = await arrange({ num_consumers: 2 });
    for (const number of [1, 2, 3, 4]) call(queued, numbered(number));
    await clock.advance(0);
    let isDone = false;
    void queued.drain().then(() => (isDone = true));
    await clock.advance(60_000);
    expect([isDone, backend.attempts.length]).toEqual([false, 2]);
    backend.attempts[0]!.succeed();
    backend.attempts[1]!.fail(new ConsumeError('retryable', 'busy'));
    await clock.advance(0);
    expect([isDone, queue.stored(), dropped.size]).toEqual([true, [[2], [3], [4]], 0]);
    expect(backend.attempts).toHaveLength(2);
  });

  it('keeps what a shutdown has cut off', async () => {
    const { queued, queue, clock, dropped, timeIsUp } = await arrange();
    call(queued, numbered(1));
    await clock.advance(0);
    timeIsUp();
    await queued.drain();
    expect([queue.stored(), dropped.size, clock.pending]).toEqual([[[1]], 0, 0]);
  });

  it('keeps of each request that was put together what is its own', async () => {
    const { queued, queue, backend, clock, dropped } = await arrange({ batch: { min_size: 4, max_size: 4 } });
    for (const numbers of [[1], [2, 3, 4, 5], [6]]) call(queued, numbered(...numbers));
    await clock.advance(0);
    expect(backend.attempts.map(({ numbers }) => numbers)).toEqual([[1, 2, 3, 4]]);
    const draining = queued.drain();
    const rest = numbered(1, 2, 3, 4);
    backend.attempts[0]!.fail(new ConsumeError('retryable', 'busy', { rejected: rest }));
    await draining;
    // 5 was in no request yet, and was put away first.
    expect(queue.stored()).toEqual([[1], [5, 2, 3, 4], [6]]);
    expect([dropped.size, clock.pending]).toEqual([0, 0]);
  });

  it('gives back what is read when it is to be sent elsewhere, and forgets it', async () => {
    const { queued, queue, clock } = await arrange({ batch: { flush_timeout: '1h' } });
    for (const number of [1, 2]) call(queued, numbered(number));
    await clock.advance(0);
    const back: number[] = [];
    await queued.handBack((batch) => void back.push(...numbersIn(batch)));
    expect([back, queue.stored()]).toEqual([[1, 2], []]);
  });

  it('refuses what comes after the shutdown', async () => {
    const { queued, clock } = await arrange();
    await queued.drain();
    const noted = call(queued, numbered(1), createContext({ signal: () => never }));
    await clock.advance(0);
    expect(noted.outcome).toBe('refused');
  });
});
