import {
  background,
  ConsumeError,
  StorageError,
  type Context,
  type ExporterSettings,
  type ExtensionRef,
  type Storage,
  type StorageProvider,
} from '@tributary/component';
import type { Batch, Signal } from '@tributary/pdata';
import type { Delivery } from './config.js';
import { closedError, unreadable } from './errors.js';
import { LimitedLog } from './limited-log.js';
import { Line } from './line.js';
import type { QueuedRequest, SendingQueue, Taken } from './queue.js';
import { Room } from './room.js';
import { decodeKey, decodeRequest, encodeKey, encodeRequest, type StoredKey } from './stored-request.js';

/** What waits and is in memory too, so that it need not be read again: as much as a queue that keeps up has. */
const maxBytesInMemory = 16 * 2 ** 20;
/** Before a disk that does not answer is asked again. */
const readRetryMs = 1_000;

/** A stored request that waits for its turn. */
interface Waiting<S extends Signal> extends StoredKey {
  /** Where it is still in memory. */
  readonly request: QueuedRequest<S> | undefined;
}

/**
 * A queue in a storage: accepted is what is stored, and what is stored is deleted when it was delivered or given up.
 * So a process that is killed loses nothing that it has accepted, and the next one sends again what was under way.
 */
export function createPersistentQueue<S extends Signal>(
  settings: ExporterSettings<Delivery, S, unknown, unknown>,
  ref: ExtensionRef<StorageProvider>,
): SendingQueue<S> {
  const { id, signal, clock, ledger, logger, config } = settings;
  const room = new Room(config.sending_queue, clock);
  const line = new Line<Waiting<S>, Waiting<S>>((next) => next);
  const waiting = { items: 0, bytes: 0 };
  const failures = new LimitedLog(
    settings,
    'error',
    'What was sent could not be taken out of the storage: it may be sent again by the next process',
    'requests',
  );
  const readFailures = new LimitedLog(
    settings,
    'error',
    'The storage could not be read: trying again',
    'attempts',
  );
  /** Until it is open, nothing is offered. */
  let storage: Storage | undefined;
  let nextIndex = 0;
  /** Items that the next process is to send. */
  let left = 0;

  function wait(next: Waiting<S>): void {
    waiting.items += next.items;
    waiting.bytes += next.request?.bytes ?? 0;
    line.push(next);
  }

  async function store(request: QueuedRequest<S>): Promise<void> {
    const { items, bytes, batch, context } = request;
    const key = { index: nextIndex++, items, bytes };
    try {
      if (storage === undefined) throw closedError();
      await storage.set(encodeKey(key), encodeRequest(context, batch));
    } catch (error) {
      const needed = room.sizeOf(request);
      room.leave(needed);
      if (ConsumeError.is(error)) throw error;
      throw new ConsumeError(
        'refused',
        `the sending queue could not be stored: ${(error as Error).message}`,
        {
          cause: error,
          retryAfterMs: room.hintMs(needed),
        },
      );
    }
    const fits = waiting.bytes + bytes <= maxBytesInMemory;
    wait({ ...key, request: fits ? request : undefined });
  }

  async function take(): Promise<Taken<S> | undefined> {
    for (;;) {
      // What has not been read is for the next process.
      if (room.isClosed) return undefined;
      const next = await line.take();
      if (next === undefined || room.isClosed) return undefined;
      const request = next.request ?? (await read(next));
      if (room.isClosed) return undefined;
      waiting.items -= next.items;
      waiting.bytes -= next.request?.bytes ?? 0;
      if (typeof request === 'object')
        return { ...request, done: (kept) => settle(next, request.context, kept) };
      ledger.dropped(next.items, unreadable, { message: dropping, error: request });
      settle(next, background, []);
    }
  }

  /** A text says why it cannot be read, now or later. */
  async function read(next: Waiting<S>): Promise<QueuedRequest<S> | string> {
    for (;;) {
      try {
        const value = await storage!.get(encodeKey(next));
        if (value === undefined) return 'it is not there any more';
        return { ...decodeRequest(signal, value), items: next.items, bytes: next.bytes };
      } catch (error) {
        const { message } = error as Error;
        if (!StorageError.is(error) || error.code !== 'failed') return message;
        readFailures.add(1, { error: message });
        await clock.sleep(readRetryMs);
        if (room.isClosed) return message;
      }
    }
  }

  function settle(next: Waiting<S>, context: Context, kept: readonly Batch<S>[]): void {
    room.leave(room.sizeOf(next));
    const [first, ...others] = kept.map((batch) => batch.clone());
    if (first === undefined) {
      forget(storage!.delete(encodeKey(next)));
      return;
    }
    for (const batch of others) first.append(batch);
    leave(first.itemCount);
    // What nothing has happened to stays as it is.
    if (first.itemCount === next.items) return;
    const rest = { index: next.index, items: first.itemCount, bytes: first.byteLength };
    forget(
      storage!.batch([
        { type: 'delete', key: encodeKey(next) },
        { type: 'set', key: encodeKey(rest), value: encodeRequest(context, first) },
      ]),
    );
  }

  /** They are for the next process, which finds them as its own. */
  function leave(items: number): void {
    left += items;
    ledger.absorbed(items);
  }

  /** Nobody waits for it: where it fails, the next process has what was sent once more. */
  function forget(done: Promise<void>): void {
    done.catch((error: unknown) => failures.add(1, { error: (error as Error).message }));
  }

  async function recover(): Promise<void> {
    const found: StoredKey[] = [];
    let unknown = 0;
    for (const key of await storage!.keys()) {
      const stored = decodeKey(key);
      if (stored === undefined) unknown++;
      else found.push(stored);
    }
    found.sort((a, b) => a.index - b.index);
    for (const stored of found) {
      room.fill(room.sizeOf(stored));
      ledger.created(stored.items);
      wait({ ...stored, request: undefined });
    }
    nextIndex = (found.at(-1)?.index ?? -1) + 1;
    if (unknown > 0) {
      logger.error('The storage has keys that are not of this queue: they stay there', { keys: unknown });
    }
    if (found.length > 0) {
      logger.info('Found what an earlier process has not sent', {
        requests: found.length,
        items: waiting.items,
      });
    }
  }

  return {
    isPersistent: true,
    capacity: room.capacity,
    waiting,
    sizeOf: (request) => room.sizeOf(request),

    get size() {
      return room.size;
    },

    async start(host) {
      const provider = host.extension(ref);
      if (typeof (provider as Partial<StorageProvider>).open !== 'function') {
        throw new TypeError('sending_queue.storage: requested extension is not a storage extension');
      }
      storage = await provider.open({ kind: 'exporter', id, name: signal });
      await recover();
    },

    offer(request, caller) {
      let stored: Promise<void> | undefined;
      const entering = room.enter(room.sizeOf(request), caller, () => {
        stored = store(request);
      });
      return entering === undefined ? stored : entering.then(() => stored);
    },

    take,
    admit: (bytes) => room.admit(bytes),

    close() {
      room.close();
      line.close();
    },

    async shutdown() {
      // All that was asked for is done before.
      await storage?.close();
      const { items } = waiting;
      waiting.items = waiting.bytes = 0;
      leave(items);
      if (left > 0) logger.info('Keeping what was not sent for the next process', { items: left });
      failures.flush();
      readFailures.flush();
    },
  };
}

const dropping = 'A stored request cannot be read. Dropping data.';
